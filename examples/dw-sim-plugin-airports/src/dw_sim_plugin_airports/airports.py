"""Airports, busy ones of every continent: IATA code, city, country (ISO 3166), name."""

from typing import NamedTuple


class Facts(NamedTuple):
    """What is known of an airport; the fields' names are those that the rule takes."""

    iata: str
    city: str
    country: str
    name: str


_TABLE = """
ADD|Addis Ababa|ET|Bole International Airport
AKL|Auckland|NZ|Auckland Airport
AMS|Amsterdam|NL|Amsterdam Airport Schiphol
ARN|Stockholm|SE|Stockholm Arlanda Airport
ATH|Athens|GR|Athens International Airport
ATL|Atlanta|US|Hartsfield-Jackson Atlanta International Airport
AUH|Abu Dhabi|AE|Zayed International Airport
BCN|Barcelona|ES|Josep Tarradellas Barcelona-El Prat Airport
BER|Berlin|DE|Berlin Brandenburg Airport
BKK|Bangkok|TH|Suvarnabhumi Airport
BLR|Bengaluru|IN|Kempegowda International Airport
BNE|Brisbane|AU|Brisbane Airport
BOG|Bogotá|CO|El Dorado International Airport
BOM|Mumbai|IN|Chhatrapati Shivaji Maharaj International Airport
BOS|Boston|US|Logan International Airport
BRU|Brussels|BE|Brussels Airport
BUD|Budapest|HU|Budapest Ferenc Liszt International Airport
CAI|Cairo|EG|Cairo International Airport
CAN|Guangzhou|CN|Guangzhou Baiyun International Airport
CDG|Paris|FR|Charles de Gaulle Airport
CGK|Jakarta|ID|Soekarno-Hatta International Airport
CLT|Charlotte|US|Charlotte Douglas International Airport
CMN|Casablanca|MA|Mohammed V International Airport
CPH|Copenhagen|DK|Copenhagen Airport
CPT|Cape Town|ZA|Cape Town International Airport
DEL|Delhi|IN|Indira Gandhi International Airport
DEN|Denver|US|Denver International Airport
DFW|Dallas|US|Dallas Fort Worth International Airport
DOH|Doha|QA|Hamad International Airport
DUB|Dublin|IE|Dublin Airport
DXB|Dubai|AE|Dubai International Airport
EWR|New York|US|Newark Liberty International Airport
EZE|Buenos Aires|AR|Ministro Pistarini International Airport
FCO|Rome|IT|Leonardo da Vinci-Fiumicino Airport
FRA|Frankfurt|DE|Frankfurt Airport
GIG|Rio de Janeiro|BR|Galeão International Airport
GRU|São Paulo|BR|São Paulo/Guarulhos International Airport
GVA|Geneva|CH|Geneva Airport
HAN|Hanoi|VN|Noi Bai International Airport
HEL|Helsinki|FI|Helsinki Airport
HKG|Hong Kong|HK|Hong Kong International Airport
HND|Tokyo|JP|Haneda Airport
IAD|Washington|US|Washington Dulles International Airport
ICN|Seoul|KR|Incheon International Airport
IST|Istanbul|TR|Istanbul Airport
JFK|New York|US|John F. Kennedy International Airport
JNB|Johannesburg|ZA|O. R. Tambo International Airport
KEF|Reykjavík|IS|Keflavík International Airport
KUL|Kuala Lumpur|MY|Kuala Lumpur International Airport
LAX|Los Angeles|US|Los Angeles International Airport
LGA|New York|US|LaGuardia Airport
LGW|London|GB|Gatwick Airport
LHR|London|GB|Heathrow Airport
LIM|Lima|PE|Jorge Chávez International Airport
LIN|Milan|IT|Linate Airport
LIS|Lisbon|PT|Humberto Delgado Airport
LOS|Lagos|NG|Murtala Muhammed International Airport
MAD|Madrid|ES|Adolfo Suárez Madrid-Barajas Airport
MAN|Manchester|GB|Manchester Airport
MEL|Melbourne|AU|Melbourne Airport
MEX|Mexico City|MX|Benito Juárez International Airport
MIA|Miami|US|Miami International Airport
MNL|Manila|PH|Ninoy Aquino International Airport
MUC|Munich|DE|Munich Airport
MXP|Milan|IT|Malpensa Airport
NBO|Nairobi|KE|Jomo Kenyatta International Airport
NRT|Tokyo|JP|Narita International Airport
ORD|Chicago|US|O'Hare International Airport
ORY|Paris|FR|Orly Airport
OSL|Oslo|NO|Oslo Airport, Gardermoen
PEK|Beijing|CN|Beijing Capital International Airport
PRG|Prague|CZ|Václav Havel Airport Prague
PVG|Shanghai|CN|Shanghai Pudong International Airport
SCL|Santiago|CL|Arturo Merino Benítez International Airport
SEA|Seattle|US|Seattle-Tacoma International Airport
SFO|San Francisco|US|San Francisco International Airport
SIN|Singapore|SG|Changi Airport
SYD|Sydney|AU|Sydney Airport
TLV|Tel Aviv|IL|Ben Gurion Airport
TPE|Taipei|TW|Taoyuan International Airport
VIE|Vienna|AT|Vienna International Airport
WAW|Warsaw|PL|Warsaw Chopin Airport
YUL|Montréal|CA|Montréal-Trudeau International Airport
YVR|Vancouver|CA|Vancouver International Airport
YYZ|Toronto|CA|Toronto Pearson International Airport
ZRH|Zürich|CH|Zürich Airport
"""

AIRPORTS = tuple(Facts(*line.split("|")) for line in _TABLE.split("\n") if line)
