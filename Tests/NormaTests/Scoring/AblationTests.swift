import Testing

import Methods
@testable import Norma

@Suite struct AblationTests {
  private var settings: ScoringSettings {
    var settings = ScoringSettings()
    settings.normalization = .deviation
    settings.median = 5
    settings.medianDepth = 3
    settings.erosion = 4
    settings.minimumLesionSize = 20
    settings.samples = 3
    return settings
  }

  @Test func stepsAreAddedOneByOne() {
    let stages = settings.ablation
    #expect(stages.map(\.name) == ["raw", "positive part", "median", "eroded mask", "component filter"])
    #expect(stages.map(\.settings.residual) == [.absolute, .positive, .positive, .positive, .positive])
    #expect(stages.map(\.settings.median) == [1, 1, 5, 5, 5])
    #expect(stages.map(\.settings.medianDepth) == [1, 1, 3, 3, 3])
    #expect(stages.map(\.settings.erosion) == [0, 0, 0, 4, 4])
    #expect(stages.map(\.settings.minimumLesionSize) == [0, 0, 0, 0, 20])
    #expect(stages.allSatisfy { $0.settings.normalization == .deviation && $0.settings.samples == 3 })
    #expect(stages.last?.settings == settings)
  }

  @Test func aBrightnessPriorIsAStepOfItsOwn() {
    var settings = settings
    settings.intensityPrior = 0.5
    let stages = settings.ablation
    #expect(stages.map(\.name).suffix(2) == ["brightness prior", "component filter"])
    #expect(stages.map(\.settings.intensityPrior) == [0, 0, 0, 0, 0.5, 0.5])
    #expect(stages.last?.settings == settings)
  }

  @Test(arguments: [Residual.absolute, .squared, .structural])
  func aResidualWithoutSignHasNoPositivePart(residual: Residual) {
    var settings = settings
    settings.residual = residual
    let stages = settings.ablation
    #expect(stages.map(\.name) == ["raw", "median", "eroded mask", "component filter"])
    #expect(stages.allSatisfy { $0.settings.residual == residual })
  }
}
