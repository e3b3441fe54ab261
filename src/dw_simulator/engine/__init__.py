"""Numbers only: every value is a pure function of (seed, table, column, row).

rows          which rows are asked
randomness    named streams of bits, addressed by row
permutation   keyed bijections
sampling      selectors: from bits to an index (uniform, weighted) or to a shape's value
keys          selectors that never repeat
references    selectors of parent rows
columns       the shapes values come in
kernels/      from an index to a value, one family of types a file
planning      from a schema to kernels and part boundaries; raises everything that can be known
run           from a plan to batches
"""
