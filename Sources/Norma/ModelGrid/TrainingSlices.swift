package import Methods

/// The slices that a method learns from, or those that choose its best weights.
package protocol TrainingSlices: Sendable {
  /// The hash of everything that decides the slices.
  var digest: String { get }
  /// The number of slices of an epoch.
  var count: Int { get }
  /// The number of scans or anatomies that they come from.
  var cases: Int { get }
  /// Whether any of them shows a lesion, drawn or painted.
  var showsLesions: Bool { get }
  /// Whether they are made from anatomies, with painted lesions; no lesion mask was then seen.
  var isSynthetic: Bool { get }
  /// The slices of these numbers, 0 to less than ``count``, in an epoch counted from 0; those marked in
  /// `mirrored` are flipped left to right. The same call gives the same slices.
  func batch(_ numbers: [Int], mirrored: [Bool], epoch: Int) throws -> Batch
}

extension TrainingSlices {
  /// Slices of the first epoch as they are, for validation and statistics.
  func batch(_ numbers: [Int]) throws -> Batch {
    try batch(numbers, mirrored: numbers.map { _ in false }, epoch: 0)
  }
}

extension SliceStore.Contents: TrainingSlices {
  package var showsLesions: Bool { slices.contains(where: \.showsLesion) }
  package var isSynthetic: Bool { false }

  package func batch(_ numbers: [Int], mirrored: [Bool], epoch: Int) throws -> Batch {
    try batch(numbers.map { slices[$0] }, mirrored: mirrored)
  }
}
