"""Tables as users write them (tabeller): CSV or .xlsx, read in one way wherever a table is taken."""
