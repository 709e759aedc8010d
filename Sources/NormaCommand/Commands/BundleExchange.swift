import ArgumentParser
import Foundation
import Norma

extension Bundles {
  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write the network that reconstructs slices as an ONNX file.")
    @Argument(help: "Folder of a bundle, or the name of a shipped one.") var bundle: String
    @Option(help: "The file to write.") var onnx: String

    func run() throws {
      let file = URL(fileURLWithPath: onnx)
      try ONNXExport(ModelBundle(named: bundle)).write(to: file)
      Console.print(file.path)
    }
  }

  struct Import: LoggingCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "Make a bundle of weights that were trained elsewhere; thresholds are calibrated on your own scans.")
    @Argument(help: "Weights as a .safetensors file.") var weights: String
    @Option(help: "Tab-separated table: prefix of a name in the file, prefix in Norma.")
    var names: String?
    @OptionGroup var options: ConfigurationOptions
    @Option(help: "Manifest (.tsv) or folder of scans; its validation scans set the thresholds.")
    var data: String
    @Option(name: [.short, .customLong("output")], help: "Folder of the new bundle.") var output: String
    @Option(help: "Name of the new bundle. Default: the preset's name.") var name: String?
    @Option(help: "File that describes participants and scans in plain words, for the model card.")
    var describe: String?
    @OptionGroup var engine: EngineOptions
    @OptionGroup var console: Console

    func run() throws {
      let device = try engine.prepare()
      let configuration = try options.resolved(data: data)
      let bundle = try WeightImport(
        URL(fileURLWithPath: weights), names: names.map { URL(fileURLWithPath: $0) }
      ).write(
        configuration: configuration,
        data: console.scans(at: data),
        name: name ?? options.preset ?? configuration.method,
        description: try describe.map(Train.description) ?? "", to: URL(fileURLWithPath: output),
        device: device,
        progress: console.calibrating)
      console.endProgress()
      Console.print(bundle.url.path)
    }
  }
}
