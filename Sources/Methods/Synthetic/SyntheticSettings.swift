import StrictSettings

extension SyntheticSegmenter {
  /// Settings of the segmenter and of the painting, in one group.
  struct ModelSettings: Settings {
    var segmenter = SegmenterSettings()
    var painting = PaintingSettings()

    init() {}

    init(from decoder: any Swift.Decoder) throws {
      segmenter = try SegmenterSettings(from: decoder)
      painting = try PaintingSettings(from: decoder)
    }

    func encode(to encoder: any Encoder) throws {
      try segmenter.encode(to: encoder)
      try painting.encode(to: encoder)
    }

    func validate(path: String) throws {
      try segmenter.validate(path: path)
      try painting.validate(path: path)
    }
  }

  /// What is painted into lesion-free slices.
  struct PaintingSettings: Settings {
    /// The kinds of anomalies that are painted into slices.
    var tasks = SyntheticTask.allCases
    /// Whether painted darkening is labelled as an anomaly.
    var labelsDarkening = true
    /// What is painted into training slices and stays unlabelled.
    var variations = NormalVariation.allCases
    /// Fraction of the slices that each variation is painted into.
    var variationShare = 0.2
    /// Largest number of anomalies per slice.
    var anomalies = 3
    /// Number of different paintings of each validation slice.
    var validationPaintings = 2

    func validate(path: String) throws {
      try require(!tasks.isEmpty, path, "tasks", "[]", "at least one kind")
      try require((0...1).contains(variationShare), path, "variationShare", variationShare, "0 to 1")
      try require((1...20).contains(anomalies), path, "anomalies", anomalies, "1 to 20")
      try require(
        (1...100).contains(validationPaintings), path, "validationPaintings", validationPaintings, "1 to 100")
    }
  }
}
