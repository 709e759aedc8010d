import Foundation
import Testing

/// Bundles out to ONNX and weights in from elsewhere; Scripts/checks/exchange compares with PyTorch and ONNX Runtime.
@Suite struct ExchangeTests {
  private static let settings = Cohort.smallVAE + ["--set", "scoring.normalization=none"]

  private static func importing(_ weights: URL, _ place: BadInput.Place, _ more: [String]) throws -> [String]
  {
    try ["bundle", "import", weights.path, "--data", Cohort.manifest.path, "-o", place.out.path] + more
  }

  @Test func weightsThatComeBackScoreAsTheyDid() throws {
    let place = BadInput.Place(folder: try Workplace.folder())
    // Bundles name their networks' tensors model.*.
    try Data("model.\t\n".utf8).write(to: place.folder / "names.tsv")
    let run = try Cohort.run("dense-vae")
    let arguments = try Self.importing(
      run / "bundle/weights.safetensors", place,
      ["--preset", "dense-vae", "--names", (place.folder / "names.tsv").path] + Self.settings)
    // The run's bundle keeps statistics of the residual beside the network.
    let refused = try Tool.run(arguments)
    #expect(refused.code == 65)
    expectProblem(in: refused, words: ["scoring.deviation", "correct the table of names"])
    let plain = place.folder / "plain"
    try Tool.succeed(
      ["train", "--preset", "dense-vae", "--data", Cohort.manifest.path, "-o", plain.path, "--threads", "1"]
        + Self.settings)
    try Tool.succeed(
      Self.importing(
        plain / "bundle/weights.safetensors", place,
        ["--preset", "dense-vae", "--names", (place.folder / "names.tsv").path] + Self.settings))
    func curve(_ bundle: URL) throws -> Data {
      let text =
        try JSONSerialization.jsonObject(with: Data(contentsOf: bundle / "bundle.json")) as? [String: Any]
      return try JSONSerialization.data(
        withJSONObject: [text?["calibration"], text?["selfTest"]].compactMap { $0 }, options: .sortedKeys)
    }
    #expect(try curve(place.out) == curve(plain / "bundle"))
  }

  @Test func aNetworkIsWrittenAsONNX() throws {
    let file = try Workplace.folder() / "vae.onnx"
    let outcome = try Tool.succeed([
      "bundle", "export", (Cohort.run("dense-vae") / "bundle").path, "--onnx", file.path,
    ])
    #expect(outcome.results == [file.path])
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    for word in ["slices", "reconstructions", "ConvTranspose", "BatchNormalization", "encoder.0.conv.weight"]
    {
      #expect(text.contains(word))
    }
  }

  @Test(arguments: [
    BadInput("a bundle without a network", 64, ["'normative'", "no network that reconstructs", "vae"]) {
      place in
      try ["bundle", "export", Cohort.bundle.path, "--onnx", (place.folder / "x.onnx").path]
    },
    BadInput("statistics that were not measured", 64, ["scoring.normalization", "none"]) { place in
      try importing(
        Cohort.run("dense-vae") / "bundle/weights.safetensors", place,
        ["--preset", "dense-vae"] + Cohort.smallVAE)
    },
    BadInput(
      "names that do not fit", 65, ["encoder.0.conv.weight", "is missing", "correct the table of names"]
    ) { place in
      try importing(
        Cohort.run("dense-vae") / "bundle/weights.safetensors", place, ["--preset", "dense-vae"] + settings)
    },
    BadInput("a table of one column", 65, ["row 2", "1 columns instead of 2", "names.tsv"]) { place in
      let names = place.folder / "names.tsv"
      try Data("a.\tb.\nc.\n".utf8).write(to: names)
      return try importing(
        Cohort.run("dense-vae") / "bundle/weights.safetensors", place,
        ["--preset", "dense-vae", "--names", names.path] + settings)
    },
    BadInput("no table", 66, ["table of names cannot be read", "gone.tsv"]) { place in
      try importing(
        Cohort.run("dense-vae") / "bundle/weights.safetensors", place,
        ["--preset", "dense-vae", "--names", (place.folder / "gone.tsv").path] + settings)
    },
    BadInput("two tensors of one name", 65, ["two tensors would be named", "correct the table"]) { place in
      let names = place.folder / "names.tsv"
      try Data("model.encoder.0.conv.weight\tx\nmodel.encoder.1.conv.weight\tx\n".utf8).write(to: names)
      return try importing(
        Cohort.run("dense-vae") / "bundle/weights.safetensors", place,
        ["--preset", "dense-vae", "--names", names.path] + settings)
    },
  ])
  func anExchangeThatCannotBeIsRefused(input: BadInput) throws { try input.check() }
}
