"""Whose account at a carrier a booking is on."""

ACCOUNT = """case when exists (
      select from carrier_credential k
      where k.carrier_id = b.carrier_id and k.for_shop_id = b.shop_id and k.purpose = 'account') then b.shop_id else 0 end"""
"""SQL: of the label ``b``, its shop where that has an account of its own, else 0, the operator's."""
