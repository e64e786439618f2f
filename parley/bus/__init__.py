"""How nodes ring each other: in one process, over Redis or over PostgreSQL, behind one small interface."""
