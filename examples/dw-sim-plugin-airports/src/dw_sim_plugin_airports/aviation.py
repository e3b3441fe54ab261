"""A Faker provider, for the rule `faker`: `{"name": "faker", "provider": "flight_number"}`."""

from faker.providers import BaseProvider

_AIRLINES = ("AA", "AC", "AF", "BA", "DL", "EK", "JL", "KL", "LA", "LH", "NH", "QF", "QR", "SQ", "TK", "UA")
_TYPES = (
    *("Airbus A220-300", "Airbus A320neo", "Airbus A321neo", "Airbus A330-900", "Airbus A350-1000"),
    *("ATR 72-600", "Boeing 737 MAX 8", "Boeing 777-300ER", "Boeing 787-9", "Embraer E195-E2"),
)


class AviationProvider(BaseProvider):
    """Flight numbers and types of aircraft."""

    def flight_number(self) -> str:
        """An airline's code and one to four digits: LH441."""
        return f"{self.random_element(_AIRLINES)}{self.random_int(1, 9999)}"

    def aircraft_type(self) -> str:
        """A type as its maker calls it."""
        return self.random_element(_TYPES)
