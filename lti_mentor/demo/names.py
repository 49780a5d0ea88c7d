"""Who is on campus: names, places and languages; nobody real."""

from typing import NamedTuple


class Name(NamedTuple):
    """One believable person."""

    given: str
    family: str
    zone: str = "99"
    lang: str = "en"


LEARNERS = [
    Name("Lena", "Ortiz", "Europe/Madrid", "es"),
    Name("Amina", "Haddad", "Africa/Cairo", "ar"),
    Name("Tomas", "Novak", "Europe/Prague"),
    Name("Yuki", "Tanaka", "Asia/Tokyo"),
    Name("Noor", "Al-Masri", "Asia/Amman", "ar"),
    Name("Oliver", "Brandt", "Europe/Berlin", "de"),
    Name("Sofia", "Lindqvist", "Europe/Stockholm"),
    Name("Kwame", "Boateng", "Africa/Accra"),
    Name("Priya", "Raman", "Asia/Kolkata"),
    Name("Lucas", "Moreau", "Europe/Paris", "fr"),
    Name("Camila", "Rojas", "America/Santiago", "es"),
    Name("Jonas", "Weber", "Europe/Berlin", "de"),
    Name("Hana", "Kovac", "Europe/Zagreb"),
    Name("Ibrahim", "Diallo", "Africa/Dakar", "fr"),
    Name("Emily", "Carter", "America/New_York"),
    Name("Rafael", "Mendes", "America/Sao_Paulo", "pt"),
    Name("Mei", "Chen", "Asia/Shanghai"),
    Name("Fatima", "Zahra", "Africa/Casablanca", "ar"),
    Name("Daniel", "Okafor", "Africa/Lagos"),
    Name("Ingrid", "Solberg", "Europe/Oslo"),
    Name("Andrei", "Popescu", "Europe/Bucharest"),
    Name("Grace", "Mwangi", "Africa/Nairobi"),
    Name("Arjun", "Patel", "Asia/Kolkata"),
    Name("Elif", "Demir", "Europe/Istanbul"),
    Name("Amina", "Haddad", "Europe/London"),
    Name("Marco", "Bianchi", "Europe/Rome"),
    Name("Chloe", "Nguyen", "Australia/Sydney"),
    Name("Peter", "Kowalski", "Europe/Warsaw"),
    Name("Zanele", "Dube", "Africa/Johannesburg"),
    Name("Hugo", "Fernandez", "America/Mexico_City", "es"),
    Name("Anna", "Petrova", "Europe/Sofia"),
    Name("Samuel", "Tesfaye", "Africa/Addis_Ababa"),
    Name("Leila", "Hosseini", "Asia/Tehran"),
    Name("Finn", "O'Connor", "Europe/Dublin"),
    Name("Maya", "Cohen", "Asia/Jerusalem"),
    Name("Diego", "Vargas", "America/Bogota", "es"),
    Name("Nina", "Fischer", "Europe/Vienna", "de"),
    Name("Omar", "Farouk", "Africa/Cairo", "ar"),
    Name("Ruth", "Adeyemi"),
    Name("William", "Hughes"),
]
"""Forty learners; two share a name and are two people."""

GRADUATES = [
    Name("Mateo", "Silva", "America/Sao_Paulo", "pt"),
    Name("Aisha", "Rahman", "Asia/Dubai", "ar"),
    Name("Erik", "Johansson", "Europe/Stockholm"),
    Name("Valentina", "Cruz", "America/Lima", "es"),
    Name("Thabo", "Nkosi", "Africa/Johannesburg"),
    Name("Julia", "Hartmann", "Europe/Berlin", "de"),
    Name("Kenji", "Mori", "Asia/Tokyo"),
    Name("Sarah", "Thompson", "America/Chicago"),
]
"""Last term's graduates of NEG101."""

INSTRUCTOR = Name("Ines", "Keller", "Europe/Zurich", "de")
"""Teaches both courses and may edit them."""
ASSISTANT = Name("Robert", "Achebe", "Africa/Lagos")
"""Teaches without editing."""
TA = Name("Sana", "Iqbal", "Asia/Karachi")
"""The teaching assistant of NEG101."""
ADMIN = Name("Ada", "Admin", "Etc/UTC")
"""Administers the whole site."""
INTEGRATION = Name("Mentor", "Integration", "Etc/UTC")
"""The account whose token web services use."""
