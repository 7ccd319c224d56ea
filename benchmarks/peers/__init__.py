"""What cxtext is measured against: the plain baseline, a small transformer and sentiment lexicons, each at its best."""
