/// Labels of FreeSurfer that look alike in an image.
struct LabelRegion: Sendable {
  let tissue: Tissue
  let matter: Matter
  /// The offset from the intensity of the matter, in units where white matter is 1.
  let offset: Float
  let labels: [Int]

  private init(_ tissue: Tissue, _ matter: Matter, _ labels: [Int], offset: Float = 0) {
    (self.tissue, self.matter, self.labels, self.offset) = (tissue, matter, labels, offset)
  }

  /// The regions of a brain. Lesions and hypointensities of white matter (25, 57, 77 to 79) are healthy white
  /// matter, so that nothing is learned from lesions that were drawn.
  static let all: [LabelRegion] = [
    LabelRegion(.corticalGrey, .grey, [3, 42] + Array(1000...1035) + Array(2000...2035)),
    LabelRegion(.whiteMatter, .white, [2, 41, 25, 57, 77, 78, 79, 85] + Array(251...255)),
    // Vessels and perivascular spaces; extra-cerebral fluid; the fifth ventricle.
    LabelRegion(.fluid, .fluid, [30, 62, 24, 72]),
    lateralVentricles,
    // Third and fourth.
    LabelRegion(.ventricle, .fluid, [14, 15]),
    LabelRegion(.cerebellum, .grey, [8, 47]),
    LabelRegion(.cerebellum, .white, [7, 46]),
    LabelRegion(.brainStem, .white, [16], offset: 0.02),
    // Thalamus and ventral diencephalon.
    LabelRegion(.deepGrey, .grey, [10, 49, 28, 60], offset: -0.05),
    // Caudate, putamen, pallidum, accumbens.
    LabelRegion(.deepGrey, .grey, [11, 50], offset: 0.02),
    LabelRegion(.deepGrey, .grey, [12, 51, 80]),
    LabelRegion(.deepGrey, .grey, [13, 52], offset: -0.12),
    LabelRegion(.deepGrey, .grey, [26, 58], offset: 0.03),
    // Hippocampus and amygdala.
    LabelRegion(.deepGrey, .grey, [17, 53, 18, 54], offset: 0.1),
  ]

  /// With the choroid plexus: 31 and 63, or 136, 137, 163 and 164 in the label maps of SynthSeg.
  private static let lateralVentricles = LabelRegion(
    .ventricle, .fluid, [4, 43, 5, 44, 31, 63, 136, 137, 163, 164])

  /// True for the regions from which the distance to the ventricles is measured.
  var isLateralVentricle: Bool { labels == Self.lateralVentricles.labels }

  /// What is outside the brain.
  static let outside = [0] + Array(500...530)
}

/// The three classes of intensity of a brain; the raw value is the index in a vector.
enum Matter: Int, Sendable {
  case grey, white, fluid
}
