import { invalid } from "../mlflow-error.js";
import type { Cell, Table, TableColumn } from "./table.js";

const MOST_COLUMNS = 1000;
/** Counting the empty ones that stand before a cell in its column. */
const MOST_CELLS = 10_000_000;
const LONGEST_NAME = 200;

/** Puts a table together, cell by cell, within bounds. */
export class TableBuilder {
  rows = 0;
  private readonly names: string[] = [];
  private readonly places = new Map<string, number>();
  private readonly cells: (Cell | null)[][] = [];
  private count = 0;

  /** The place of the column of that name, which is added where there is none. Throws INVALID_PARAMETER_VALUE for too many columns. */
  column(name: string): number {
    return this.places.get(name) ?? this.add(name);
  }

  /** Adds a column under that name, or under that name with a number where there is such a column, or without a name. */
  add(given: string): number {
    const place = this.cells.length;
    if (place >= MOST_COLUMNS) throw invalid(`The file has more than ${MOST_COLUMNS} columns: it is not shown as a table.`);
    const bare = given.trim() === "" ? `column ${place + 1}` : given;
    let name = bare;
    for (let i = 2; this.places.has(name); i++) name = `${bare} (${i})`;
    this.places.set(name, place);
    this.names.push(name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}… ${place + 1}` : name);
    this.cells.push([]);
    return place;
  }

  /** Puts a cell into the row that is being read. Throws INVALID_PARAMETER_VALUE for too many cells. */
  put(place: number, cell: Cell): void {
    while (place >= this.cells.length) this.add("");
    const column = this.cells[place] as Cell[];
    this.count += this.rows - column.length + 1;
    if (this.count > MOST_CELLS) throw invalid(`The file has more than ${MOST_CELLS} cells: it is not shown as a table.`);
    while (column.length < this.rows) column.push(null);
    column.push(cell);
  }

  /** Ends the row that is being read. */
  endRow(): void {
    this.rows++;
  }

  /** The table, with what `toColumn` makes of each column. */
  build(toColumn: (cells: (Cell | null)[]) => { type: TableColumn["type"]; cells: (Cell | null)[] }): Table {
    const made = this.cells.map(toColumn);
    return {
      columns: made.map(({ type }, i) => ({ name: this.names[i] ?? "", type })),
      cells: made.map(({ cells }) => cells),
      rows: this.rows,
    };
  }
}
