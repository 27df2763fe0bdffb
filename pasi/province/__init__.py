"""A believable province, generated: invented people on real public reference data.

`write_province` writes the CSV files that `import_records` loads; the same seed, number of students
and day give the same files. Nothing here touches the database.
"""

from pasi.province.cast import examples
from pasi.province.write import write_province

__all__ = ["examples", "write_province"]
