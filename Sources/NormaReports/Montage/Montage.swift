/// Pictures of one slice side by side: scan, reconstruction, map, outline.
public struct Montage: Codable, Sendable {
  /// The caption, for example the position of the slice, as text.
  public let caption: String
  /// The pictures from left to right.
  public let panels: [MontagePanel]

  /// A row of pictures.
  public init(caption: String, panels: [MontagePanel]) {
    self.caption = caption
    self.panels = panels
  }

  var html: HTML {
    .element(
      "figure", ["class": "montage"],
      .element("div", ["class": "panels"], .joined(panels.map(\.html), separator: "\n")),
      .element("figcaption", [:], .text("\(caption). R: patient's right, L: patient's left.")))
  }
}
