/** The parts of vega and vega-lite used here: their own types ask for a browser's. */
interface Vega {
  parse(spec: unknown): unknown
  View: new (
    runtime: unknown,
    options: { renderer: 'none' },
  ) => {
    toSVG(): Promise<string>
    finalize(): void
  }
}
interface VegaLite {
  compile(spec: unknown): { spec: unknown }
}

/** A picture that is described in the words of vega-lite, as SVG. */
export async function toSvg(description: unknown): Promise<string> {
  const vega: Vega = await importUntyped('vega')
  const vegaLite: VegaLite = await importUntyped('vega-lite')
  const { spec } = vegaLite.compile(description)
  const view = new vega.View(vega.parse(spec), { renderer: 'none' })
  const svg = await view.toSVG()
  view.finalize()
  return svg
}

/** A specifier that is not a literal is not looked up by the compiler. */
async function importUntyped(specifier: string) {
  return import(specifier)
}
