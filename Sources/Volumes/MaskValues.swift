import Base

extension Volume {
  /// Returns a mask as 0 and 1 from the values of its file, and a note if they were probabilities.
  ///
  /// A mask is 0 and one other value, or probabilities from 0 to 1, which are cut at 0.5. NaN counts as 0.
  ///
  /// - Parameters:
  ///   - label: The whole number that is set, of several; nil for a mask without labels.
  ///   - kind: The name of the mask in messages, such as "lesion mask".
  ///   - location: The file of the mask, for messages.
  /// - Returns: The mask, and the note.
  /// - Throws: A ``Problem`` of kind `badData` for other values.
  package func binary(label: Int? = nil, kind: String, at location: String) throws -> (
    mask: Mask, note: String?
  ) {
    let values = MaskValues(of: voxels)
    if values.areProbabilities, label == nil || label == 1 {
      return (
        map { $0 > 0.5 ? 1 : 0 }, "The \(kind) holds values between 0 and 1; it was cut at 0.5."
      )
    }
    if let label, values.areWhole { return (map { $0.rounded() == Float(label) ? 1 : 0 }, nil) }
    guard label == nil, values.areBinary else {
      throw Problem(
        .badData, "the \(kind) holds \(values.text)", at: location,
        advice: kind == Self.lesionMask && label == nil && values.areWhole
          ? "choose the value of lesions with --lesion-label or the column lesion_label of a manifest"
          : "give a mask of 0 and one other value, or of probabilities from 0 to 1")
    }
    return (map { $0 == 0 || $0.isNaN ? 0 : 1 }, nil)
  }

  /// The kinds of masks.
  package static let lesionMask = "lesion mask"
  package static let brainMask = "brain mask"
}

/// The different values of a mask file.
private struct MaskValues {
  /// The first different values in ascending order; NaN counts as 0.
  private var distinct = [Float]()
  private var minimum = Float.infinity, maximum = -Float.infinity
  /// Whether every value is a whole number.
  private(set) var areWhole = true

  init(of voxels: [Float]) {
    var last = Float.nan
    for voxel in voxels where voxel != last {
      last = voxel
      let value = voxel.isNaN ? 0 : voxel
      (minimum, maximum) = (min(minimum, value), max(maximum, value))
      areWhole = areWhole && abs(value.rounded() - value) <= Self.rounding
      if distinct.count <= Self.shown, !distinct.contains(value) { distinct.append(value) }
    }
    distinct.sort()
  }

  /// Whether the values are 0 and at most one other, or the same positive number everywhere.
  var areBinary: Bool {
    distinct.allSatisfy(\.isFinite)
      && (distinct.contains(0) ? distinct.count <= 2 : distinct.count == 1 && minimum >= 1)
  }

  /// Whether the values are from 0 to 1 and others than 0 and one other.
  var areProbabilities: Bool { !areBinary && minimum >= -Self.rounding && maximum <= 1 + Self.rounding }

  /// The values in words.
  var text: String {
    let texts = distinct.map { $0.rounded() == $0 && abs($0) < 1e6 ? "\(Int($0))" : "\($0)" }
    guard distinct.count <= Self.shown else { return "many values, from \(minimum) to \(maximum)" }
    return texts.count == 1
      ? "the value \(texts[0]) only"
      : "the values \(texts.dropLast().joined(separator: ", ")) and \(texts[texts.count - 1])"
  }

  private static let shown = 6
  /// The tolerance for scaled integers and interpolation.
  private static let rounding: Float = 1e-3
}
