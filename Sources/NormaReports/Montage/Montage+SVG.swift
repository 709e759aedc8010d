extension Montage {
  private static let width = 960.0
  private static let gap = 8.0
  private static let captionLine = 18.0

  /// The pictures with their captions as one drawing, for a file of its own.
  var svg: SVG {
    let columns = isMosaic == true ? 6 : panels.count > 4 ? 3 : max(panels.count, 1)
    let cell = Self.width / Double(columns)
    // All pictures of a montage have the same scale.
    let scale = (cell - Self.gap) / Double(panels.map(\.width).max() ?? 1)
    var marks = [String](), y = 0.0
    for start in stride(from: 0, to: panels.count, by: columns) {
      let row = panels[start..<min(start + columns, panels.count)]
      for (column, panel) in row.enumerated() {
        marks += panel.marks(x: Double(column) * cell, y: y, scale: scale)
      }
      y += (row.map { $0.drawnHeight(scale: scale) }.max() ?? 0) + Self.gap
    }
    for line in lines(of: fullCaption) {
      y += Self.captionLine
      marks.append(text(line, x: 0, y: y))
    }
    return SVG(
      title: name ?? "Pictures", description: caption, width: Self.width, height: (y + Self.gap).rounded(.up),
      marks: marks)
  }

  /// The text in lines that fit the width.
  private func lines(of caption: String) -> [String] {
    caption.split(separator: " ").reduce(into: [String]()) { lines, word in
      let longer = lines.last.map { "\($0) \(word)" } ?? ""
      if lines.isEmpty || textWidth(longer) > Self.width {
        lines.append(String(word))
      } else {
        lines[lines.count - 1] = longer
      }
    }
  }
}

extension MontagePanel {
  private static let line = 16.0

  /// The height of the picture with its texts in a drawing.
  func drawnHeight(scale: Double) -> Double {
    Double(height) * scale + Self.line * (self.scale == nil ? 1 : 2)
  }

  /// The picture, the letters of its sides, its caption and its colour scale.
  func marks(x: Double, y: Double, scale: Double) -> [String] {
    let (width, height) = (Double(width) * scale, Double(height) * scale), below = y + height + Self.line - 3
    let picture = """
      <image href="\(source)" x="\(coordinate(x))" y="\(coordinate(y))" width="\(coordinate(width))" \
      height="\(coordinate(height))" preserveAspectRatio="none"/>
      """
    let side = "style=\"fill: #fff\" aria-hidden=\"true\""
    return [
      picture, text(plane.sides.left, x: x + 4, y: y + 15, more: side),
      text(plane.sides.right, x: x + width - 4, y: y + 15, anchor: "end", more: side),
      text(caption, x: x, y: below),
    ] + (self.scale.map { bar($0, x: x, y: below, width: width) } ?? [])
  }

  private func bar(_ ends: ClosedRange<Float>, x: Double, y: Double, width: Double) -> [String] {
    let steps = 20, left = x + 30, step = (width - 80) / Double(steps)
    let rectangles = (0..<steps).map { index in
      let colour = ColourMap.rgb((Double(index) + 0.5) / Double(steps)).map(String.init).joined(
        separator: " ")
      return """
        <rect x="\(coordinate(left + Double(index) * step))" y="\(coordinate(y + 6))" \
        width="\(coordinate(step + 0.2))" height="9" style="fill: rgb(\(colour))"/>
        """
    }
    return rectangles + [
      text(format(Double(ends.lowerBound)), x: left - 6, y: y + 15, anchor: "end"),
      text(format(Double(ends.upperBound)), x: left + Double(steps) * step + 6, y: y + 15),
    ]
  }
}
