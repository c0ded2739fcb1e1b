"""Exchange: what goes out to other tools and comes in from spreadsheets.

`EXPORTERS` has every format that a plan is written in, `to_networkx` is the exchange form for Python, `import_csv`
reads a tree of key results.
"""

from graph.exchange.csv_import import CsvPlan, import_csv
from graph.exchange.exporters import EXPORTERS, Exporter, format_of
from graph.exchange.form import Form, form_of, to_networkx

__all__ = ["EXPORTERS", "CsvPlan", "Exporter", "Form", "form_of", "format_of", "import_csv", "to_networkx"]
