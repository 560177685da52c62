"""InPost, ShipX API v1: parcel lockers and courier. A booking is confirmed in the background, so numbers come by ``poll``.

``requests`` builds what is sent and ``answers`` reads what comes back, both without any network; ``adapter`` joins them.
Sources: the public pages of dokumentacja-inpost.atlassian.net (ShipX 1.x) and InPost's own Magento module for the statuses.
"""
