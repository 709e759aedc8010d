import Foundation
import Volumes

/// One picture of a montage with its caption, in radiological display.
public struct MontagePanel: Codable, Sendable {
  /// The caption, as text.
  public let caption: String
  /// The picture as a `data:` URI.
  let source: String
  let width: Int
  let height: Int
  let plane: ImageSlice.Plane
  /// The values at the ends of the colour map; nil for grey pictures.
  let scale: ClosedRange<Float>?

  /// A grey picture; the window's ends become black and white.
  ///
  /// - Throws: `VolumeError` if encoding fails.
  public static func grey(_ slice: ImageSlice, window: ClosedRange<Float>, caption: String) throws
    -> MontagePanel
  {
    let image = PNGImage(width: slice.width, height: slice.height, gray: grey(slice, window))
    return try MontagePanel(image, slice, caption: caption)
  }

  /// A map in colours; the window's ends become dark and pale.
  ///
  /// - Throws: `VolumeError` if encoding fails.
  public static func heat(_ slice: ImageSlice, window: ClosedRange<Float>, caption: String) throws
    -> MontagePanel
  {
    let pixels = slice.radiologicalIndices.flatMap {
      ColourMap.rgb(Double(fraction(slice.values[$0], window)))
    }
    let image = PNGImage(width: slice.width, height: slice.height, rgb: pixels)
    return try MontagePanel(image, slice, scale: window, caption: caption)
  }

  /// A grey picture that a map covers in colours where it is above 0.
  ///
  /// - Parameters:
  ///   - slice: The slice.
  ///   - window: The values that become black and white.
  ///   - map: The values of the map in the order of the slice's.
  ///   - scale: The values of the map that become dark and pale.
  ///   - caption: The text below the picture.
  /// - Returns: The picture in radiological convention.
  /// - Throws: `VolumeError` if encoding fails.
  public static func overlaid(
    _ slice: ImageSlice, window: ClosedRange<Float>, map: [Float], scale: ClosedRange<Float>, caption: String
  ) throws -> MontagePanel {
    let pixels = zip(slice.radiologicalIndices, grey(slice, window)).flatMap { index, grey in
      map[index] > 0 ? ColourMap.rgb(Double(fraction(map[index], scale))) : [grey, grey, grey]
    }
    let image = PNGImage(width: slice.width, height: slice.height, rgb: pixels)
    return try MontagePanel(image, slice, scale: scale, caption: caption)
  }

  /// A grey picture with the outline of a mask, and the dashed outline of an optional second mask.
  ///
  /// - Parameters:
  ///   - slice: The slice.
  ///   - window: The values that become black and white.
  ///   - mask: Values that are not 0 in the mask, one per pixel of the slice.
  ///   - second: The second mask, in the same order.
  ///   - veiled: Whether a grey veil covers a pixel, in the same order.
  ///   - thickness: The width of the lines in pixels.
  ///   - caption: The text below the picture.
  /// - Returns: The picture in radiological convention.
  /// - Throws: `VolumeError` if encoding fails.
  public static func outlined(
    _ slice: ImageSlice, window: ClosedRange<Float>, mask: [UInt8], second: [UInt8]? = nil,
    veiled: [Bool]? = nil, thickness: Int = 1, caption: String
  ) throws -> MontagePanel {
    let first = Outline(mask, slice, thickness), dashed = second.map { Outline($0, slice, thickness) }
    var background = grey(slice, window)
    if let veiled {
      for (pixel, index) in slice.radiologicalIndices.enumerated() where veiled[index] {
        background[pixel] = UInt8((Int(background[pixel]) + 2 * veil) / 3)
      }
    }
    let pixels: [UInt8] = background.indices.flatMap { i -> [UInt8] in
      // Where the lines coincide, the gaps of the dashed one show the other.
      let isDash = (i % slice.width + i / slice.width) % (6 * thickness) < 4 * thickness
      if isDash, dashed?.line[i] == true { return [86, 180, 233] }
      if first.line[i] { return [255, 226, 64] }
      return first.halo[i] || dashed?.halo[i] == true
        ? [0, 0, 0] : [background[i], background[i], background[i]]
    }
    let image = PNGImage(width: slice.width, height: slice.height, rgb: pixels)
    return try MontagePanel(image, slice, caption: caption)
  }

  /// The grey of a veil.
  private static let veil = 128

  /// A line around a mask and a black halo, visible on grey tissue and white lesions, even in greyscale.
  private struct Outline {
    let line, halo: [Bool]

    init(_ mask: [UInt8], _ slice: ImageSlice, _ thickness: Int) {
      precondition(mask.count == slice.values.count, "a mask of the wrong size")
      let shown = slice.radiologicalIndices.map { mask[$0] != 0 }
      var covered = shown
      for _ in 0..<thickness {
        let ring = MontagePanel.ring(around: covered, width: slice.width)
        covered = zip(covered, ring).map { $0 || $1 }
      }
      line = zip(covered, shown).map { $0 && !$1 }
      halo = MontagePanel.ring(around: covered, width: slice.width)
    }
  }

  private init(
    _ image: PNGImage, _ slice: ImageSlice, scale: ClosedRange<Float>? = nil, caption: String
  ) throws {
    self.caption = caption
    self.scale = scale
    source = "data:image/png;base64," + (try image.encoded().base64EncodedString())
    plane = slice.plane
    width = slice.width
    height = Int((Double(slice.height) * slice.aspect).rounded())
  }

  var html: HTML {
    let ends = scale.map { [format(Double($0.lowerBound)), format(Double($0.upperBound))] }
    let bar = ends.map { ends in
      HTML.element(
        "div", ["class": "scale"], .text(ends[0]),
        .element("span", ["class": "bar", "style": "background: \(ColourMap.cssGradient)"]),
        .text(ends[1]))
    }
    return .element(
      "figure", [:], picture,
      sides, bar ?? .text(""), .element("figcaption", [:], .text(caption)))
  }

  private var picture: HTML {
    .void(
      "img",
      [
        "src": source, "alt": "\(caption), \(plane.description)",
        "width": String(width), "height": String(height),
        "style": "aspect-ratio: \(width) / \(height)",
      ])
  }

  private var sides: HTML {
    .element(
      "div", ["class": "sides", "aria-hidden": "true"], .element("span", [:], .text(plane.sides.left)),
      .element("span", [:], .text(plane.sides.right)))
  }

  /// The picture as a link to itself, which fills the window while it is the target; another link closes it.
  func enlargeable(anchor: String, back: String) -> HTML {
    .element(
      "figure", ["id": anchor], .element("a", ["href": "#\(anchor)", "class": "open"], picture),
      sides, .element("figcaption", [:], .text(caption)),
      .element("a", ["href": "#\(back)", "class": "close"], .text("Close")))
  }

  private static func fraction(_ value: Float, _ window: ClosedRange<Float>) -> Float {
    (value - window.lowerBound) / max(window.upperBound - window.lowerBound, .leastNormalMagnitude)
  }

  private static func grey(_ slice: ImageSlice, _ window: ClosedRange<Float>) -> [UInt8] {
    slice.radiologicalIndices.map { i in
      let value = fraction(slice.values[i], window)
      return value.isNaN ? 0 : UInt8((255 * min(max(value, 0), 1)).rounded())
    }
  }

  /// The pixels outside a shape that share an edge with it.
  static func ring(around shape: [Bool], width: Int) -> [Bool] {
    shape.indices.map { i in
      guard !shape[i] else { return false }
      let x = i % width
      return (x > 0 && shape[i - 1]) || (x < width - 1 && shape[i + 1])
        || (i >= width && shape[i - width]) || (i + width < shape.count && shape[i + width])
    }
  }
}
