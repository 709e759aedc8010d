import Foundation

/// A colour map from dark violet over red to pale yellow. Its lightness rises linearly, so that it is
/// readable in grey and with all kinds of colour vision.
public enum ColourMap {
  /// The sRGB colour (three bytes) of a value in 0...1; values outside take the end's colour, NaN black.
  public static func rgb(_ value: Double) -> [UInt8] {
    guard !value.isNaN else { return [0, 0, 0] }
    let t = min(max(value, 0), 1)
    // A path through the perceptually uniform space OKLab (https://bottosson.github.io/posts/oklab).
    let lightness = 0.14 + 0.82 * t
    let hue = (-85 + 190 * t) * .pi / 180
    let chroma = 0.02 + 0.68 * t * (1 - t)
    return sRGB(lightness: lightness, a: chroma * cos(hue), b: chroma * sin(hue))
  }

  private static func sRGB(lightness: Double, a: Double, b: Double) -> [UInt8] {
    func cube(_ x: Double) -> Double { x * x * x }
    let l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b)
    let m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b)
    let s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b)
    return [
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    ].map { linear in
      let light = min(max(linear, 0), 1)
      let encoded = light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055
      return UInt8((255 * encoded).rounded())
    }
  }

  /// A CSS gradient from the lowest to the highest value.
  static var cssGradient: String {
    let stops = (0...10).map { i in
      "rgb(" + rgb(Double(i) / 10).map(String.init).joined(separator: " ") + ")"
    }
    return "linear-gradient(to right, \(stops.joined(separator: ", ")))"
  }
}
