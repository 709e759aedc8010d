/// The styles of pages and plots, in light and dark mode.
enum StyleSheet {
  /// Okabe and Ito's colours, which all kinds of colour vision can distinguish; dark mode starts with
  /// brighter ones.
  static let plot = """
    .norma-plot { --ink: #1d1f23; --muted: #5d636e; --grid: #dfe2e7;
      --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #cc79a7; --c4: #e69f00; --c5: #56b4e9;
      font: 13px system-ui, "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; }
    @media (prefers-color-scheme: dark) { .norma-plot { --ink: #e9ebef; --muted: #a4abb8; --grid: #3a3f49;
      --c0: #56b4e9; --c1: #e69f00; --c2: #2cc79b; --c3: #e39cc4; --c4: #f0e442; --c5: #f08a4b; } }
    .norma-plot text { fill: var(--muted); }
    .norma-plot .heading { fill: var(--ink); font-size: 15px; font-weight: 600; }
    .norma-plot .grid { stroke: var(--grid); }
    .norma-plot .axis { stroke: var(--muted); }
    .norma-plot .curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
    """

  static let page = """
    :root { color-scheme: light dark; --paper: #ffffff; --ink: #1d1f23; --muted: #5d636e; --line: #dfe2e7;
      --soft: #f5f6f8; --accent: #00609a; }
    @media (prefers-color-scheme: dark) { :root { --paper: #16181c; --ink: #e9ebef; --muted: #a4abb8;
      --line: #3a3f49; --soft: #20232a; --accent: #7cc4f2; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 72rem; padding: 0 1.5rem 3rem; background: var(--paper);
      color: var(--ink); font: 16px/1.55 system-ui, "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans",
      sans-serif; }
    a { color: var(--accent); }
    .skip { position: absolute; left: -99rem; }
    .skip:focus { left: 1rem; top: 1rem; padding: .5rem 1rem; background: var(--paper); }
    header { padding: 2.5rem 0 .5rem; }
    header p { margin: 0; color: var(--muted); }
    h1 { margin: 0 0 .25rem; font-size: 1.9rem; line-height: 1.2; }
    h2 { margin: 2.5rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line);
      font-size: 1.3rem; }
    h3 { margin: 2rem 0 .5rem; font-size: 1.05rem; overflow-wrap: anywhere; }
    nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0; padding: 0; list-style: none; }
    p { max-width: 46rem; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; margin: 1rem 0; }
    dt { color: var(--muted); }
    dd { margin: 0; overflow-wrap: anywhere; }
    pre { padding: .75rem 1rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere;
      border-radius: .4rem; background: var(--soft); font-size: .875rem; }
    .scroll { margin: 1rem 0; overflow-x: auto; }
    table { border-collapse: collapse; min-width: min(100%, 32rem); font-size: .925rem; }
    caption { padding: .25rem 0 .5rem; color: var(--muted); text-align: left; }
    caption > span { display: block; max-width: min(46rem, 90vw); }
    th, td { padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line); text-align: left;
      vertical-align: top; font-weight: 400; }
    thead th { border-bottom-width: 2px; font-weight: 600; vertical-align: bottom; }
    thead .number { white-space: normal; }
    tbody th { white-space: nowrap; }
    .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    .scroll:has(.wide) { width: min(94vw, 84rem); margin-left: calc((100% - min(94vw, 84rem)) / 2); }
    .wide { font-size: .85rem; } .wide th, .wide td { padding-right: .6rem; }
    td small { display: block; color: var(--muted); font-size: .8rem; }
    .wide small { font-size: .75rem; }
    figure { margin: 1.25rem 0; }
    figcaption { margin-top: .4rem; color: var(--muted); font-size: .875rem; }
    .plot > svg { display: block; width: 100%; max-width: 44rem; height: auto; }
    .plot > svg:has(svg) { max-width: 72rem; }
    .panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem;
      max-width: 68rem; }
    .panels figure { margin: 0; max-width: 18rem; }
    .panels img { display: block; width: 100%; height: auto; background: #000; border-radius: .25rem; }
    .sides { display: flex; justify-content: space-between; color: var(--muted); font-size: .75rem; }
    .mosaic > .panels { grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr)); gap: .4rem; }
    .mosaic figcaption { margin: 0; } .mosaic .close, .mosaic .sides { display: none; }
    .mosaic figure:target { position: fixed; inset: 0; z-index: 1; display: flex; flex-direction: column;
      align-items: center; justify-content: center; max-width: none; background: #000; }
    .mosaic figure:target img { width: auto; height: 82vh; }
    .mosaic figure:target .sides { display: flex; width: 75vh; max-width: 100%; color: #e8ebf0; font-size: 1rem; }
    .mosaic figure:target figcaption, .mosaic figure:target a { color: #e8ebf0; font-size: 1rem; }
    .mosaic figure:target .close { display: block; padding: .5rem; }
    .scale { display: flex; align-items: center; gap: .5rem; font-size: .75rem; color: var(--muted); }
    .scale span.bar { flex: 1; height: .6rem; border-radius: .2rem; }
    footer { margin-top: 3rem; padding-top: .75rem; border-top: 1px solid var(--line); color: var(--muted);
      font-size: .875rem; }
    @media print { body { max-width: none; padding: 0; font-size: 10pt; color: #000; background: #fff; }
      nav, .skip { display: none; } h2, h3 { break-after: avoid; } figure, tr { break-inside: avoid; }
      thead { display: table-header-group; } .scroll { overflow: visible; }
      .scroll:has(.wide) { width: auto; margin-left: 0; }
      .wide { font-size: 6.5pt; } .wide small { font-size: 5.5pt; } .wide th, .wide td { padding-right: .3rem; }
      .panels img, .bar { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      .panels { grid-template-columns: repeat(4, 1fr); } .panels:has(> :nth-child(5)) { grid-template-columns: repeat(6, 1fr); }
      .mosaic > .panels { grid-template-columns: repeat(9, 1fr); } a { color: inherit; text-decoration: none; } }
    """
}
