"""The edge: from an HTTP request to one transaction and back.

Who asks, what they may see, whether this request was answered before: one statement opens the transaction and
settles all three. The answer is held back until the commit has succeeded; a refusal or a fault rolls back. Nothing
inside knows of HTTP.
"""
