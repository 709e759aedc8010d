import Base
import Foundation
import StrictSettings
import Testing

@testable import Norma

@Suite struct SynthesisSettingsTests {
  @Test func aRangeIsSetAsTwoNumbers() throws {
    let configuration = try Configuration(
      preset: nil,
      settings: [
        "method=brightness", "synthesis.lesions.count=[2, 5]", "synthesis.acquisition.thickness=[3.0, 3.0]",
        "synthesis.slicesPerEpoch=10",
      ])
    #expect(configuration.synthesis.lesions.count == [2, 5])
    #expect(configuration.synthesis.acquisition.thickness == [3, 3])
    #expect(configuration.synthesis.slicesPerEpoch == 10)
    let decoded = try JSONDecoder().decode(Configuration.self, from: JSONEncoder().encode(configuration))
    #expect(decoded == configuration)
  }

  @Test(arguments: [
    "contrast.grey=[1.4, 1.0]", "contrast.fluid=[0.1]", "shape.scale=[0.9, 3]", "lesions.radius=[1, 2, 3]",
    "lesions.none=0.9", "lesions.smallestMaximum=0.1", "acquisition.noise=[0, 0.1]", "slicesPerEpoch=0",
    "lesions.opacity=0.5", "lesions.unknown=1",
  ])
  func aValueOutOfRangeIsRefused(setting: String) {
    #expect(throws: ConfigurationError.self) {
      try Configuration(preset: nil, settings: ["method=brightness", "synthesis.\(setting)"])
    }
  }

  @Test func aConfigurationWithoutTheGroupHasItsDefaults() throws {
    guard case .map(var keys) = try ConfigurationNode(encoding: Configuration(method: "brightness")) else {
      Issue.record("a configuration is a group of keys")
      return
    }
    keys["synthesis"] = nil
    let old = try JSONDecoder().decode(
      Configuration.self, from: JSONEncoder().encode(ConfigurationNode.map(keys)))
    #expect(old.synthesis == SynthesisSettings())
  }
}
