"""How men and women are addressed, by language or locale."""

from collections.abc import Mapping

_TABLE = """
en     Mr.      Ms.
en_GB  Mr       Ms
en_IE  Mr       Ms
en_AU  Mr       Ms
en_NZ  Mr       Ms
cs     pan      paní
da     Hr.      Fru
de     Herr     Frau
el     κ.       κα
es     Sr.      Sra.
et     hr       pr
fi     hra      rva
fr     M.       Mme
hr     g.       gđa
is     hr.      frú
it     Sig.     Sig.ra
lt     p.       ponia
lv     k-gs     k-dze
nl     dhr.     mevr.
no     Hr.      Fru
pl     Pan      Pani
pt     Sr.      Sra.
ro     Dl.      Dna.
ru     г-н      г-жа
sk     pán      pani
sl     g.       ga.
sv     Herr     Fru
tr     Bay      Bayan
uk     пан      пані
id     Bpk.     Ibu
vi     Ông      Bà
hi     श्री      श्रीमती
he     מר       גב׳
zh     先生     女士
"""

TITLES: Mapping[str, tuple[str, str]] = {
    name: (male, female)
    for name, male, female in (line.split(maxsplit=2) for line in _TABLE.splitlines() if line)
}
