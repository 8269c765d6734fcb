"""The same invented lives for a crowd: rows in bulk, then everything derived from them by the program itself.

Living a year by the product's own actions (``registry.demo.year``) takes half a second a person. Here each planned act
becomes the rows that action would have left behind; standings, alerts and the caseload come from one look at many
people, and the people on the staff then answer what they find.
"""
