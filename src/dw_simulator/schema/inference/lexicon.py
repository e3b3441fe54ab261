"""From names of columns in several languages and habits to plain English words: data, one line a word.

LEXICON holds what each word of a name stands for. A line is `words | English | languages`; the words have no
accents (as in `prenom`, `strasse`), and languages are left out for abbreviations and for what all share.
"""

from collections.abc import Mapping

LEXICON = """
# abbreviations, and other ways of writing the same
nm nme                          | name
cust                            | customer
emp                             | employee
usr                             | user
addr adr addresse               | address
qty quant                       | quantity
amt                             | amount
dob birthdate birthday          | birth date
fname forename givenname        | first name
lname surname familyname        | last name
mname                           | middle name
fullname                        | full name
cd                              | code
nbr num no nr                   | number
dt                              | date
ts tstamp dttm dts ldts         | timestamp
tel telephone phonenumber       | phone
mob cell cellphone              | mobile
desc descr dscr                 | description
prod                            | product
itm                             | item
cat ctgry                       | category
bal                             | balance
avail                           | available
org organisation                | organization
acct                            | account
pct percentage                  | percent
lat                             | latitude
lon lng long                    | longitude
curr                            | currency
ctry                            | country
prov                            | province
zipcode postcode postalcode     | postal code
zip                             | postal code
mgr                             | manager
txn tx                          | transaction
ord                             | order
inv                             | invoice
usd eur gbp                     | amount
mail emailaddress               | email
url uri                         | url
yr                              | year
mth mon                         | month
wk                              | week
qtr                             | quarter
colour                          | color
sex                             | gender
salutation                      | title
wt                              | weight
lang                            | language
tz                              | timezone
ip ipaddress                    | ip
guid                            | uuid
created creation inserted insert crt | create
updated modified changed update modification upd | update
shipped shipping shipment dispatched | ship
delivered delivery receipt received  | deliver
ordered purchase purchased placed    | order
started begin began             | start
ended finish finished           | end
opened                          | open
closed                          | close
hired                           | hire
terminated termination          | terminate
departed departure              | depart
arrived arrival                 | arrive
paid payment                    | pay
billed issued issue             | issue
expiry expiration expire        | expires
eff effective                   | effective
term                            | terminate
submitted                       | submit
requested                       | request
booked booking                  | book
cardholder                      | card holder
prc                             | price
retailprice                     | list price
prio                            | priority
dow                             | day week
doy                             | day year
qoy                             | quarter
moy                             | month
dom                             | day month
ccy                             | currency
# German
vorname rufname                 | first name     | de
nachname familienname zuname    | last name      | de
anrede                          | title          | de
geschlecht                      | gender         | de
nummer                          | number         | de
bestell                         | order          | de
einheit                         | unit           | de
gewicht                         | weight         | de
warengruppe                     | category       | de
ab                              | from           | de
bis                             | to             | de
stras                           | street         | de
pstlz                           | postal code    | de
telf                            | phone          | de
waerk waers                     | currency       | de
netwr                           | amount         | de
erdat                           | create date    | de
eintrittsdatum                  | hire date      | de
austrittsdatum                  | terminate date | de
zahlungsart                     | pay type       | de
abteilung                       | department     | de
geburtsdatum geburtstag         | birth date     | de
benutzername                    | user name      | de
kunde kunden                    | customer       | de
kundenname                      | customer name  | de
mitarbeiter                     | employee       | de
firma unternehmen               | company        | de
firmenname                      | company name   | de
strasse anschrift               | street         | de
hausnummer hausnr               | house number   | de
adresse                         | address        | de fr
plz postleitzahl                | postal code    | de
ort stadt wohnort               | city           | de
bundesland                      | state          | de
land                            | country        | de nl
laendercode landeskennzeichen   | country code   | de
telefon telefonnummer rufnummer | phone          | de
handy mobilnummer               | mobile         | de
breitengrad                     | latitude       | de
laengengrad                     | longitude      | de
betrag                          | amount         | de
gesamtbetrag summe rechnungsbetrag | total amount | de
gesamtpreis                     | total price    | de
preis                           | price          | de
einzelpreis stueckpreis         | unit price     | de
menge anzahl                    | quantity       | de
rabatt                          | discount       | de
waehrung                        | currency       | de
gehalt                          | salary         | de
datum                           | date           | de nl
bestelldatum auftragsdatum      | order date     | de
lieferdatum                     | deliver date   | de
versanddatum                    | ship date      | de
rechnungsdatum                  | invoice date   | de
faelligkeitsdatum               | due date       | de
startdatum beginn               | start date     | de
enddatum                        | end date       | de
erstellt angelegt               | create         | de
geaendert aktualisiert          | update         | de
gueltig                         | valid          | de
beschreibung                    | description    | de
bemerkung kommentar             | comment        | de
bezeichnung                     | name           | de
artikel                         | product        | de nl
artikelname produktname artikelbezeichnung | product name | de
farbe                           | color          | de
aktiv                           | active         | de
geloescht                       | deleted        | de
alter                           | age            | de
ist                             | is             | de
hat                             | has            | de
am                              | at             | de
# French
prenom                          | first name     | fr
statut                          | status         | fr
paiement                        | pay            | fr
categorie                       | category       | fr
embauche                        | hire           | fr
nom                             | name           | fr
civilite                        | title          | fr
sexe                            | gender         | fr
naissance                       | birth          | fr
client clients                  | customer
entreprise societe              | company        | fr
rue                             | street         | fr
ville                           | city           | fr
cp                              | postal code    | fr es pt
postal                          | postal
pays                            | country        | fr
departement                     | state          | fr
courriel                        | email          | fr
portable                        | mobile         | fr
montant                         | amount         | fr
prix                            | price          | fr
unitaire                        | unit           | fr
quantite qte                    | quantity       | fr
remise                          | discount       | fr
devise                          | currency       | fr
salaire                         | salary         | fr
commande                        | order          | fr
livraison                       | deliver        | fr
expedition                      | ship           | fr
facture                         | invoice        | fr
debut                           | start          | fr
fin                             | end            | fr es
produit article                 | product        | fr
couleur                         | color          | fr
actif                           | active         | fr
est                             | is             | fr
le                              | at             | fr
# Spanish
nombre                          | name           | es
nombres                         | first name     | es
apellido apellidos              | last name      | es
correo                          | email          | es
usuario                         | user           | es pt
sexo genero                     | gender         | es pt
nacimiento                      | birth          | es
cliente clientes                | customer       | es it pt
empleado                        | employee       | es
empresa                         | company        | es pt
calle                           | street         | es
direccion                       | address        | es
ciudad                          | city           | es
provincia                       | province       | es it
estado                          | state          | es pt
pais                            | country        | es pt
codigo                          | code           | es pt
numero                          | number         | es it pt fr
telefono                        | phone          | es it
movil celular                   | mobile         | es
latitud                         | latitude       | es
longitud                        | longitude      | es
importe                         | amount         | es
precio                          | price          | es
unitario                        | unit           | es it pt
cantidad                        | quantity       | es
descuento                       | discount       | es
moneda                          | currency       | es
sueldo salario                  | salary         | es
fecha                           | date           | es
pedido                          | order          | es pt
entrega                         | deliver        | es pt
envio                           | ship           | es pt
factura                         | invoice        | es
inicio                          | start          | es pt
descripcion                     | description    | es
producto productos              | product        | es
activo                          | active         | es
edad                            | age            | es
es                              | is             | es
tiene                           | has            | es
# Italian
nome                            | name           | it pt
stato                           | status         | it
cognome                         | last name      | it
nascita                         | birth          | it
sesso                           | gender         | it
azienda societa                 | company        | it
via                             | street         | it
indirizzo                       | address        | it
citta comune                    | city           | it
cap                             | postal code    | it
paese nazione                   | country        | it
cellulare                       | mobile         | it
latitudine                      | latitude       | it
longitudine                     | longitude      | it
importo                         | amount         | it
totale                          | total          | it
prezzo                          | price          | it
quantita                        | quantity       | it
sconto                          | discount       | it
valuta                          | currency       | it nl
stipendio                       | salary         | it
data                            | date           | it pt
ordine                          | order          | it
consegna                        | deliver        | it
spedizione                      | ship           | it
fattura                         | invoice        | it
inizio                          | start          | it
fine                            | end            | it
descrizione                     | description    | it
prodotto prodotti               | product        | it
attivo                          | active         | it
eta                             | age            | it
# Portuguese
sobrenome apelido               | last name      | pt
nascimento                      | birth          | pt
rua logradouro                  | street         | pt
endereco morada                 | address        | pt
cidade                          | city           | pt
cep                             | postal code    | pt
telefone                        | phone          | pt
telemovel                       | mobile         | pt
montante                        | amount         | pt
valor                           | amount         | es pt
preco                           | price          | pt
quantidade                      | quantity       | pt
desconto                        | discount       | pt
moeda                           | currency       | pt
fim                             | end            | pt
descricao                       | description    | pt
produto produtos                | product        | pt
ativo                           | active         | pt
idade                           | age            | pt
# Dutch
voornaam                        | first name     | nl
achternaam                      | last name      | nl
naam                            | name           | nl
aanhef                          | title          | nl
geslacht                        | gender         | nl
geboortedatum                   | birth date     | nl
gebruikersnaam                  | user name      | nl
klant klanten                   | customer       | nl
bedrijf                         | company        | nl
bedrijfsnaam                    | company name   | nl
straat                          | street         | nl
huisnummer                      | house number   | nl
adres                           | address        | nl
stad plaats woonplaats          | city           | nl
provincie                       | province       | nl
landcode                        | country code   | nl
telefoon telefoonnummer         | phone          | nl
mobiel                          | mobile         | nl
breedtegraad                    | latitude       | nl
lengtegraad                     | longitude      | nl
bedrag                          | amount         | nl
totaal totaalbedrag             | total amount   | nl
prijs                           | price          | nl
stukprijs                       | unit price     | nl
aantal hoeveelheid              | quantity       | nl
korting                         | discount       | nl
salaris                         | salary         | nl
besteldatum                     | order date     | nl
leverdatum bezorgdatum          | deliver date   | nl
factuurdatum                    | invoice date   | nl
aangemaakt                      | create         | nl
gewijzigd                       | update         | nl
op                              | at             | nl
omschrijving beschrijving       | description    | nl
opmerking                       | comment        | nl
kleur                           | color          | nl
actief                          | active         | nl
heeft                           | has            | nl

# parts of a date, in every language
jahr                            | year           | de
monat                           | month          | de
quartal                         | quarter        | de
wochentag                       | weekday        | de
kalenderwoche kw                | week           | de
kalender                        | calendar       | de nl
annee                           | year           | fr
mois                            | month          | fr
semaine                         | week           | fr
jour                            | day            | fr
calendrier                      | calendar       | fr
anio ano                        | year           | es pt
mes                             | month          | es pt
semana                          | week           | es pt
anno                            | year           | it
mese                            | month          | it
settimana                       | week           | it
trimestre                       | quarter        | fr es it pt
calendario                      | calendar       | es it pt
jaar                            | year           | nl
maand                           | month          | nl
kwartaal                        | quarter        | nl
weekdag                         | weekday        | nl
weekend                         | weekend
"""

HEAD_FIRST = frozenset({"fr", "es", "it", "pt"})
"""Languages in which the noun comes first: `fecha_nacimiento` is a birth date."""

SMALL_WORDS = frozenset(
    """of de del della di do da du des la the of der den el et y e a l electronico electronica elettronica
    eletronico ds vl fl sg""".split()
)
"""Words that say nothing about the values."""

LOCALES: Mapping[str, tuple[str, str]] = {
    "de": ("de_DE", "German"),
    "fr": ("fr_FR", "French"),
    "es": ("es_ES", "Spanish"),
    "it": ("it_IT", "Italian"),
    "pt": ("pt_BR", "Portuguese"),
    "nl": ("nl_NL", "Dutch"),
}
"""Whose people and places the names of a schema speak of, by its language."""

WIDTHS: Mapping[str, Mapping[str, int]] = {
    "world": {"postcode": 9, "street_address": 40, "phone": 17},
    "pt_BR": {"postcode": 9},
    "nl_NL": {"postcode": 7},
}
"""How long what cannot be left out of a place gets, where that is more than columns for it commonly hold."""

ENGLISH = frozenset(
    """access account active address age amount area arrive at available average balance bank barcode
    begin billing birth blocked body bonus booking bought brand building buyer cal calendar capacity card
    category channel charge check chief city class client close code color comment commission company
    completed contact content cost count country county create credit currency customer date day debit
    default deleted deliver delta department depart description device discount district domain due
    duration email employee employer enabled end event expected expires extended extra family fax fee file
    first flag fraud from full gender given grade gross group guest has height hire holiday home homepage
    hour house id in index industry invoice ip is issue item job key kind label language last late
    latitude length level line list listing login longitude manager marital max member memo merchant
    message method middle min minute mobile mode model money month name nation net nick note number
    occupation on online open order organization original owner page paid parent part partner password pay
    per percent person phone place plan plus point position postal price primary priority private process
    product profit province public quantity quarter rank rate rating ratio reason record reference region
    registered remark retail return revenue review role room sale salary sales score seat second sell
    seller send serial session sex share ship shop signup size sku sold source ssn stamp star start
    state status stock store street subtotal supplier supply tag target tax team terminate test text
    ticket time timestamp timezone title to total town track transaction turnover type unit
    update url user uuid valid value vendor venue verified version visit volume warehouse website week
    weekday weight width work year zone""".split()
)
"""Words that may be glued to others: `priceperticket`."""
