"""CHECK constraints become limits and orders, and columns keep to them.

before values are chosen:  `following` the pass; `limits` what the CHECKs say of one column; `comparing`,
                           `orders` what they say of two
while rules give theirs:   `fitting` holds what a rule makes against the limits of its column
when all is known:         `settling` who gives way where two columns are compared, `adapting` how it does
at last:                   `proving` whether every CHECK holds of all values; `languages` of texts
"""
