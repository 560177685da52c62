"""What happened, in the order in which it became true.

An event is written in the transaction of the change that it tells of, so there is no event without a change and no
change without its event. One row serves as audit, as statistics and as outbox. Readers follow a cursor; an event is
shown to them only when no older transaction can still add one before it.
"""
