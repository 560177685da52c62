"""A printer that is not there: real sockets, real protocols, labels and sheets in a folder instead of on paper.

``virtual_printer`` is the state (paper, lid, faults, what came out), ``raw_server`` speaks port 9100 with ``~HS``,
``http_server`` IPP and the addresses by which somebody opens the lid or takes the paper out.
"""
