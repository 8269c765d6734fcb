"""Names for invented people: made for this demo, from many languages, joined at random and tied to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

FEMALE = (
    "Adaeze", "Alma", "Amina", "Anneke", "Aroha", "Beatriz", "Bronwyn", "Carmen", "Chiara", "Corinne", "Dalia",
    "Danuta", "Delphine", "Dolores", "Edith", "Eleni", "Esperanza", "Fatou", "Fern", "Gloria", "Greta", "Habiba",
    "Hana", "Hazel", "Ilse", "Imelda", "Ines", "Jasmine", "Jolanta", "June", "Keiko", "Lakshmi", "Leila", "Lourdes",
    "Mabel", "Marisol", "Mei", "Nadia", "Ngozi", "Noemi", "Odessa", "Oksana", "Paloma", "Pearl", "Perla", "Priya",
    "Rosalind", "Ruth", "Sabine", "Sadie", "Salome", "Shanice", "Sunniva", "Tamar", "Thandi", "Ursula", "Vera",
    "Wanda", "Xiomara", "Yolanda", "Zainab", "Zelda",
)  # fmt: skip

MALE = (
    "Abel", "Akira", "Alonzo", "Amadou", "Anton", "Arjun", "Arturo", "Basil", "Bruno", "Casimir", "Cedric", "Chidi",
    "Clement", "Cyrus", "Darnell", "Desmond", "Dmitri", "Eamon", "Efrain", "Elias", "Emil", "Farid", "Felix",
    "Fernando", "Gideon", "Gustavo", "Haruto", "Hector", "Idris", "Ignacio", "Ivo", "Jamal", "Joaquin", "Jonas",
    "Kofi", "Lamar", "Lars", "Leopold", "Lucian", "Malik", "Marek", "Matteo", "Mohan", "Nestor", "Niall", "Omar",
    "Osvaldo", "Percy", "Quentin", "Rafael", "Ravi", "Reuben", "Rolando", "Samir", "Stellan", "Tariq", "Terrence",
    "Tomasz", "Viktor", "Wendell", "Xavier", "Yusuf",
)  # fmt: skip

EITHER = (
    "Ash",
    "Blair",
    "Devon",
    "Ellis",
    "Indigo",
    "Kai",
    "Lux",
    "Marlow",
    "Noor",
    "Quill",
    "Remy",
    "Sage",
    "Tal",
    "Wren",
)

FAMILY = (
    "Abernathy", "Achterberg", "Adeyemi", "Alcaraz", "Amadi", "Andrade", "Aslan", "Baptiste", "Barros", "Bellamy",
    "Bergstrom", "Bianchi", "Bozkurt", "Brightwater", "Calloway", "Carvalho", "Castellanos", "Chaudhry", "Cheung",
    "Cisneros", "Clearwater", "Coleman", "Dabrowski", "Delacroix", "Desai", "Diallo", "Dorsey", "Drummond",
    "Echevarria", "Eldridge", "Espinoza", "Fairweather", "Farouk", "Fitzgibbon", "Fontaine", "Galloway", "Gebre",
    "Goldfarb", "Grabowski", "Greenleaf", "Haddad", "Hallowell", "Haraldsen", "Herrera", "Holloway", "Hovsepian",
    "Ibarra", "Ikeda", "Iyer", "Jankowski", "Jefferson", "Kaminski", "Kapoor", "Katsaros", "Kowalczyk", "Kruger",
    "Lachance", "Lafontaine", "Langston", "Leclair", "Lindqvist", "Lozano", "Mabuza", "MacAllister", "Marchetti",
    "Mbeki", "McBride", "Medrano", "Mensah", "Moreau", "Nakagawa", "Navarro", "Nightingale", "Nwosu", "Obrecht",
    "Okafor", "Okonkwo", "Orozco", "Osei", "Pacheco", "Papadakis", "Pellegrino", "Pham", "Quintero", "Rahimi",
    "Ransome", "Redfeather", "Rosenthal", "Rutherford", "Saldana", "Santangelo", "Sarkissian", "Sepulveda",
    "Shapiro", "Sorensen", "Stavros", "Szymanski", "Takahashi", "Tesfaye", "Thibodeaux", "Torvald", "Trujillo",
    "Underhill", "Urquhart", "Valenzuela", "Vandermeer", "Villalobos", "Wainwright", "Whitlock", "Winterbourne",
    "Woodruff", "Yamamoto", "Yarborough", "Zapata", "Zielinski",
)  # fmt: skip

STREETS = (
    "Alder Court", "Beacon Row", "Canal Terrace", "Dyer Lane", "Foundry Road", "Garnet Street", "Hollis Avenue",
    "Larch Street", "Millrace Road", "Orchard Place", "Pier Street", "Quarry Hill", "Rope Walk", "Tannery Lane",
)  # fmt: skip

PLACES = (
    "Library on Pier Street, most mornings before 11",
    "Drop-in on Foundry Road, breakfast 7 to 9",
    "Under the canal bridge; the outreach van knows",
    "Day room of the Rope Walk shelter after 16:00",
    "Bench by the ferry terminal, afternoons when it is dry",
    "Kitchen of the Alder Court residence, ask for the house manager",
)


def name_pairs(roll: Random) -> Iterator[tuple[int, str]]:
    """Endless places in a list of given names, with a family name, no pair twice until all have been used."""
    while True:
        pairs = [(place, family) for place in range(max(len(FEMALE), len(MALE))) for family in FAMILY]
        roll.shuffle(pairs)
        yield from pairs
