import _TestSupport
import Foundation
import Testing

@testable import Base
import StrictSettings
@testable import Methods
@testable import Norma

@Suite struct ConfigurationTests {
  @Test(arguments: Preset.all.map(\.name))
  func everyPresetResolvesAndSurvivesARoundTrip(name: String) throws {
    let configuration = try Configuration(preset: name)
    #expect(MethodRegistry.entries.map(\.name).contains(configuration.method))
    let text = try JSONEncoder().encode(configuration)
    #expect(try JSONDecoder().decode(Configuration.self, from: text) == configuration)
    #expect(try Configuration(layers: [ConfigurationNode(encoding: configuration)]) == configuration)
    let node = try JSONDecoder().decode(ConfigurationNode.self, from: text)
    #expect(try Configuration(layers: [node]) == configuration)
  }

  @Test func changedValuesSurviveARoundTrip() throws {
    let configuration = try Configuration(
      preset: "dense-vae",
      settings: [
        "model.klWeight=2.5", "model.network.slope=0", "model.network.channels=[4, 8]",
        "training.learningRate=1e-4",
        "training.finalLearningRate=1e-7", "recipe.zRange=[-10.5, 40]", "scoring.residual=squared",
        "recipe.normalization=percentile", "scoring.erosion=0.1",
      ])
    #expect(configuration.training.learningRate == 1e-4 && configuration.training.finalLearningRate == 1e-7)
    #expect(configuration.recipe.zRange == [-10.5, 40] && configuration.recipe.normalization == .percentile)
    #expect(configuration.scoring.residual == .squared)
    #expect(configuration.model["klWeight"] == .double(2.5))
    #expect(configuration.model["network"]?["slope"] == .int(0))
    let text = try JSONEncoder().encode(configuration)
    #expect(try JSONDecoder().decode(Configuration.self, from: text) == configuration)
    let node = try JSONDecoder().decode(ConfigurationNode.self, from: text)
    #expect(try Configuration(layers: [node]) == configuration)
  }

  @Test(
    arguments: [
      Row("group", ("trainin.epochs=3", "trainin", "training")),
      Row("training key", ("training.epoch=3", "training.epoch", "training.epochs")),
      Row("case", ("recipe.gridsize=32", "recipe.gridsize", "recipe.gridSize")),
      Row("scoring key", ("scoring.erosions=2", "scoring.erosions", "scoring.erosion")),
      Row(
        "calibration key", ("calibration.defaultrat=0.1", "calibration.defaultrat", "calibration.defaultRate")
      ),
      Row("model key", ("model.network.chanels=[4]", "model.network.chanels", "model.network.channels")),
      Row("nothing similar", ("scoring.colour=1", "scoring.colour", nil)),
      Row("below a value", ("training.epochs.most=1", nil, nil)),
    ] as [Row<(String, String?, String?)>])
  func anUnknownKeyIsRefusedWithTheNearestOne(row: Row<(String, String?, String?)>) {
    let (setting, path, nearest) = row.body
    #expect {
      try Configuration(preset: "dense-vae", settings: [setting])
    } throws: { error in
      switch error {
      case ConfigurationError.unknownKey(path, nearest): true
      case ConfigurationError.wrongType("training.epochs", _, "a group of keys"): path == nil
      default: false
      }
    }
  }

  @Test(arguments: Preset.all.map(\.name))
  func noMethodTakesAnUnknownModelKey(preset: String) {
    #expect {
      try Configuration(preset: preset, settings: ["model.noSuchKey=1"])
    } throws: { error in
      guard case ConfigurationError.unknownKey("model.noSuchKey", _) = error else { return false }
      return true
    }
  }

  @Test(arguments: [
    ("training.epochs=many", "training.epochs"), ("training.epochs=2.5", "training.epochs"),
    ("training.epochs=true", "training.epochs"), ("training.epochs=", "training.epochs"),
    ("training.epochs=99999999999999999999", "training.epochs"), ("training.mirror=half", "training.mirror"),
    ("training=5", "training"), ("training=[1]", "training"), ("scoring.erosion=wide", "scoring.erosion"),
    ("scoring.erosion=.nan", "scoring.erosion"), ("scoring.erosion=.inf", "scoring.erosion"),
    ("training.learningRate=.nan", "training.learningRate"), ("training.epochs=.inf", "training.epochs"),
    ("scoring.normalization=true", "scoring.normalization"),
    ("scoring.statistics=test", "scoring.statistics"),
    ("scoring.residual=posit", "scoring.residual"),
    ("recipe.zRange=5", "recipe.zRange"), ("recipe.zRange=[a, b]", "recipe.zRange"),
    ("recipe.zRange=[.nan, 2]", "recipe.zRange"), ("recipe.normalization=robust", "recipe.normalization"),
    ("model.network.channels=[8, x]", "model.network.channels[1]"),
    ("model.network.channels={a: 1}", "model.network.channels"),
    ("model.network.code=sparse", "model.network.code"), ("model.network.norm=layer", "model.network.norm"),
    ("model.network.stem=1", "model.network.stem"), ("model.network=dense", "model.network"),
    ("model.network.activation=prelu", "model.network.activation"),
    ("training.precision=float16", "training.precision"),
  ])
  func aWrongTypeIsRefusedWithItsPlace(setting: String, path: String) {
    #expect {
      try Configuration(preset: "dense-vae", settings: [setting])
    } throws: { error in
      guard case ConfigurationError.wrongType(let place, _, _) = error else { return false }
      return place.hasPrefix(path)
    }
  }

  @Test(arguments: [
    "training.epochs=-1", "training.epochs=100001", "training.batchSize=0", "training.learningRate=0",
    "training.learningRate=1.5", "training.finalLearningRate=0.5", "training.finalLearningRate=-1e-9",
    "training.mirror=1.01", "training.mirror=-0.01", "training.patience=-1", "training.seed=-1",
    "scoring.median=4",
    "scoring.median=17", "scoring.median=-1", "scoring.erosion=-0.5", "scoring.erosion=21",
    "scoring.statisticsSigma=-1", "scoring.statisticsShrinkage=-1", "scoring.intensityPrior=-1",
    "scoring.intensityPrior=2", "scoring.medianDepth=4", "scoring.medianDepth=17", "scoring.samples=-1",
    "scoring.samples=1001", "calibration.cases=-1", "scoring.minimumLesionSize=-1",
    "calibration.defaultRate=0",
    "calibration.defaultRate=1", "recipe.gridSize=100", "recipe.gridSize=0", "recipe.gridSize=528",
    "recipe.gridSpacing=0", "recipe.gridSpacing=11", "recipe.gridCentre=[1]", "recipe.zRange=[1]",
    "recipe.zRange=[2, 1]", "recipe.zRange=[1, 2, 3]", "recipe.minimumBrainArea=-1",
    "model.network.channels=[]",
    "model.network.channels=[0]", "model.network.channels=[1, 2, 3, 4, 5, 6, 7]", "model.network.kernel=4",
    "model.network.kernel=1",
    "model.network.denseSize=0", "model.network.denseChannels=0", "model.network.spatialChannels=513",
    "model.network.slope=1.5",
    "model.klWeight=-1", "model.beta1=1",
  ])
  func aValueOutOfRangeIsRefused(setting: String) {
    #expect {
      try Configuration(preset: "spatial-vae", settings: [setting])
    } throws: { error in
      guard case ConfigurationError.outOfRange(let path, _, let allowed) = error else { return false }
      return setting.hasPrefix("\(path)=") && !allowed.isEmpty
    }
  }

  @Test(arguments: [
    ("normative", "model.sigma=-1"), ("normative", "model.sigma=21"),
    ("normative", "model.minimumDeviation=0"),
    ("normative", "model.minimumDeviation=2"),
    ("dense-ae", "model.network.dropout=1"), ("dense-ae", "model.network.dropout=-0.1"),
    ("dense-ae", "model.gradientDifferenceWeight=-1"), ("dense-ae", "model.beta1=1"),
    ("dense-vae", "model.gradientDifferenceWeight=-1"), ("dense-vae", "model.network.channels=[2000]"),
    ("anovaegan", "model.klWeight=-1"), ("anovaegan", "model.adversarialWeight=-1"),
    ("anovaegan", "model.gradientDifferenceWeight=-1"), ("anovaegan", "model.network.kernel=2"),
    ("anovaegan", "model.critic.channels=[]"), ("anovaegan", "model.critic.kernel=4"),
    ("anovaegan", "model.critic.slope=2"), ("anovaegan", "model.critic.steps=0"),
    ("anovaegan", "model.critic.steps=101"), ("anovaegan", "model.critic.gradientPenalty=-1"),
    ("anovaegan", "model.critic.beta1=1"), ("anovaegan", "model.critic.beta2=1"),
    ("anogan", "model.network.code=spatial"), ("anogan", "model.critic.steps=0"),
    ("anogan", "model.searchSteps=0"),
    ("anogan", "model.searchSteps=100001"), ("anogan", "model.searchRate=0"),
    ("anogan", "model.searchRate=1.5"),
    ("anogan", "model.featureWeight=-0.1"), ("anogan", "model.featureWeight=1.1"),
    ("f-anogan", "model.network.code=spatial"), ("f-anogan", "model.critic.beta2=-0.1"),
    ("f-anogan", "model.generatorShare=0"), ("f-anogan", "model.generatorShare=1"),
    ("f-anogan", "model.featureWeight=-1"),
    ("denoising", "model.network.channels=[]"), ("denoising", "model.coarseness=0"),
    ("denoising", "model.strength=0"), ("denoising", "model.secondPassThreshold=0"),
    ("restoration", "model.klWeight=-1"), ("restoration", "model.steps=0"),
    ("restoration", "model.stepSize=0"), ("restoration", "model.weight=-1"),
    ("synthetic", "model.network.channels=[]"), ("synthetic", "model.tasks=[]"),
    ("synthetic", "model.variationShare=1.1"), ("synthetic", "model.anomalies=0"),
    ("synthetic", "model.validationPaintings=0"), ("synthetic", "model.positiveWeight=0"),
    ("synthetic", "model.weightDecay=-1"), ("synthetic", "model.averaging=1"),
    ("synthetic", "model.floor=1"), ("synthetic", "model.augmentation.rotation=4"),
    ("synthetic", "model.augmentation.gain=0.9"), ("synthetic", "model.augmentation.noise=-1"),
    ("supervised", "model.network.channels=[]"), ("supervised", "model.positiveWeight=0"),
    ("supervised", "model.averaging=1"), ("supervised", "model.augmentation.rotation=4"),
  ])
  func everyMethodHasItsLimits(preset: String, setting: String) {
    #expect {
      try Configuration(preset: preset, settings: [setting])
    } throws: { error in
      guard case ConfigurationError.outOfRange(let path, _, let allowed) = error else { return false }
      return setting.hasPrefix("\(path)=") && !allowed.isEmpty
    }
  }

  /// Painted anomalies have sizes in z; the map of brightness is an intensity on any scale.
  @Test(arguments: ["percentile", "equalized"])
  func aMethodOnZScoresRefusesAnotherScale(normalization: String) throws {
    let setting = "recipe.normalization=\(normalization)"
    let member = "model.members=[{method: brightness}, {method: synthetic}]"
    for (preset, settings) in [
      ("synthetic", [setting]), ("supervised", [setting]), ("ensemble", [member, setting]),
    ] {
      let problem = try problem { try Configuration(preset: preset, settings: settings) }
      #expect(problem.kind == .usage && problem.location == "recipe.normalization", "\(preset)")
      #expect(problem.advice.contains("robust-z") && problem.advice.contains("'\(preset)'"), "\(preset)")
    }
    for preset in ["brightness", "normative", "dense-ae", "denoising", "ensemble"] {
      #expect(
        try Configuration(preset: preset, settings: [setting]).recipe.normalization.rawValue == normalization)
    }
    // A bundle is opened by decoding its configuration.
    let written = try JSONEncoder().encode(Configuration(preset: "synthetic"))
    let changed = String(decoding: written, as: UTF8.self).replacing("robust-z", with: normalization)
    #expect(throws: ConfigurationError.self) {
      try JSONDecoder().decode(Configuration.self, from: Data(changed.utf8))
    }
  }

  @Test(arguments: [
    ("model.updateOrder=both", "model.updateOrder"), ("model.critic.loss=hinge", "model.critic.loss"),
    ("model.critic.steps=2.5", "model.critic.steps"), ("model.critic=none", "model.critic"),
  ])
  func aWrongTypeBelowTheCriticIsRefusedWithItsPlace(setting: String, path: String) {
    #expect {
      try Configuration(preset: "anovaegan", settings: [setting])
    } throws: { error in
      guard case ConfigurationError.wrongType(path, _, _) = error else { return false }
      return true
    }
  }

  /// Each side of a group keeps the keys that the other one names.
  @Test func aGroupIsLaidOverAGroup() throws {
    let model = try Configuration(
      preset: "f-anogan-256", settings: ["model.network.denseSize=64", "model.critic.steps=2"]
    ).model
    #expect(model["network"]?["denseSize"] == .int(64) && model["network"]?["stem"] == .bool(true))
    #expect(model["network"]?["channels"] == .list([64, 128, 256, 512].map { .int($0) }))
    #expect(model["critic"]?["steps"] == .int(2) && model["critic"]?["loss"] == .string("wasserstein"))
    let adversarial = try Configuration(preset: "anogan").model["critic"]
    #expect(adversarial?["loss"] == .string("nonSaturating") && adversarial?["steps"] == .int(1))
  }

  @Test func aWholeNumberIsTakenForAFraction() throws {
    let configuration = try Configuration(
      preset: "dense-vae", settings: ["training.mirror=1", "training.epochs=20.0", "recipe.gridSpacing=2"])
    #expect(configuration.training.mirror == 1)
    #expect(configuration.training.epochs == 20)
    #expect(configuration.recipe.gridSpacing == 2)
  }

  @Test(arguments: ["epochs", "=5", "", "training.epochs=[", "training.epochs={a: 1, a: 2}"])
  func whatIsNoSettingIsRefused(setting: String) throws {
    let problem = try problem { try Configuration(preset: "dense-vae", settings: [setting]) }
    #expect([.usage, .badData].contains(problem.kind))
    #expect(problem.location.contains("--set"))
  }

  @Test func laterLayersWin() throws {
    try withTemporaryFolder { folder in
      let yaml = folder.appendingPathComponent("own.yaml")
      try Data("training: {epochs: 7, batchSize: 3}\nscoring:\n  median: 7\n".utf8).write(to: yaml)
      let fromYAML = try Configuration(
        preset: "dense-vae", file: yaml, settings: ["training.batchSize=5", "training.batchSize=6"])
      #expect(fromYAML.training.epochs == 7)
      #expect(fromYAML.training.batchSize == 6)
      #expect(fromYAML.scoring.median == 7)
      #expect(fromYAML.scoring.normalization == .deviation)

      let json = folder.appendingPathComponent("own.json")
      try Data(#"{"training": {"epochs": 7, "batchSize": 6}, "scoring": {"median": 7}}"#.utf8).write(to: json)
      #expect(try Configuration(preset: "dense-vae", file: json) == fromYAML)

      // The last layer that names a method decides.
      let other = try Configuration(preset: "brightness", settings: ["method=normative"])
      #expect(other.method == "normative" && other.model["sigma"] != nil)
    }
  }

  @Test func aFileThatCannotBeReadIsNamed() throws {
    try withTemporaryFolder { folder in
      for (name, bytes) in [
        ("broken.yaml", Data("a: [1,\n".utf8)), ("binary.yaml", Data([0xFF, 0xFE, 0, 0xD8])),
      ] {
        let file = folder.appendingPathComponent(name)
        try bytes.write(to: file)
        let problem = try problem { try Configuration(preset: "normative", file: file) }
        #expect(problem.kind == .badData && problem.location == file.path)
      }
      let missing = folder.appendingPathComponent("none.yaml")
      #expect(try problem { try Configuration(preset: "normative", file: missing) }.location == missing.path)
    }
  }

  @Test func unknownNamesAreRefusedWithTheKnownOnes() throws {
    let preset = try problem { try Configuration(preset: "dense-va") }
    #expect(preset.kind == .usage && preset.advice.contains("did you mean 'dense-vae'?"))
    let method = try problem { try Configuration(preset: nil, settings: ["method=normatve"]) }
    #expect(method.advice.contains("did you mean 'normative'?") && method.advice.contains("brightness"))
    let none = try problem { try Configuration(preset: nil, settings: ["training.epochs=3"]) }
    #expect(none.location == "method" && none.advice.contains("dense-vae"))
  }
}
