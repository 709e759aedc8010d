/// Pictures of one slice side by side: scan, reconstruction, map, outline.
public struct Montage: Codable, Sendable {
  /// The caption, for example the position of the slice, as text.
  public let caption: String
  /// The pictures from left to right.
  public let panels: [MontagePanel]
  /// The name of its figure in a file of its own, such as "levels"; nil without such a file.
  private(set) var name: String?
  /// Whether it shows many small pictures, each of which a click enlarges.
  private(set) var isMosaic: Bool?

  /// A row of pictures.
  public init(caption: String, panels: [MontagePanel]) {
    self.caption = caption
    self.panels = panels
  }

  init(_ name: String?, caption: String, panels: [MontagePanel], isMosaic: Bool = false) {
    (self.name, self.caption, self.panels, self.isMosaic) = (name, caption, panels, isMosaic)
  }

  /// The caption with the meaning of the letters at the pictures.
  var fullCaption: String { "\(caption). R: patient's right, L: patient's left." }

  /// The pictures with their caption; `anchor` makes the names of the pictures of a mosaic unique in the
  /// page.
  func html(anchor: String) -> HTML {
    let pictures = panels.enumerated().map { number, panel in
      isMosaic == true ? panel.enlargeable(anchor: "\(anchor)-\(number + 1)", back: anchor) : panel.html
    }
    return .element(
      "figure", isMosaic == true ? ["class": "montage mosaic", "id": anchor] : ["class": "montage"],
      .element("div", ["class": "panels"], .joined(pictures, separator: "\n")),
      .element(
        "figcaption", [:], .text(fullCaption + (isMosaic == true ? " Click on a picture to enlarge it." : ""))
      ))
  }
}
