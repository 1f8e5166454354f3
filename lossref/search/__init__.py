"""The hunt for the largest error of an implementation of one loss: points drawn, moved and judged, and what is found made simple."""
