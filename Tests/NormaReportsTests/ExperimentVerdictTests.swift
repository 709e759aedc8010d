import Testing

@testable import Norma
@testable import NormaReports

@Suite struct ExperimentVerdictTests {
  typealias Fixture = ExperimentFixture

  /// Intervals reach 0.03 to both sides.
  @Test(arguments: [
    (
      0.30, ExperimentVerdict.Outcome.notAbove,
      "does not beat brightness (published: 0.300 [0.270, 0.330])"
    ),
    (0.40, .notAbove, "does not beat brightness (published: 0.400 [0.370, 0.430])"),
    (
      0.45, .unclear,
      "is above brightness with intervals that overlap, which does not show that it finds more"
    ),
    (0.47, .above, "beats brightness (published: 0.470 [0.440, 0.500])"),
  ])
  func theSentenceFollowsTheFigures(auprc: Double, outcome: ExperimentVerdict.Outcome, words: String) throws {
    let results = try Fixture.results([Fixture.run("brightness", 0.4), Fixture.run("dense-vae", auprc)])
    let rows = results.headlines
    let figures = rows.compactMap { $0.figures["auprc"] }
    #expect(ExperimentVerdict.outcome(figures[1], beside: figures[0]) == outcome)
    let verdict = ExperimentVerdict(results)
    #expect(verdict.facts.map(\.name) == ["dense VAE"])
    #expect(verdict.facts[0].value.hasPrefix(words))
    #expect(
      verdict.paragraph.hasPrefix(
        "Brightness, which learns nothing, reaches an AUPRC of 0.400 [0.370, 0.430]"))
    #expect(Fixture.html(results).contains(HTML.escape(words)))
  }

  @Test func chainsThatDifferAreToldApart() throws {
    let results = try Fixture.results([
      Fixture.run("brightness", 0.4), Fixture.run("dense-ae", 0.3, scaled: 0.5),
      Fixture.run("spatial-ae", 0.1, scaled: 0.2), Fixture.run("normative", 0.5),
    ])
    let verdict = ExperimentVerdict(results)
    // In the order of the paper's comparison, whatever the order of the calls.
    #expect(verdict.facts.map(\.name) == ["normative z-map", "dense AE", "spatial AE"])
    #expect(
      verdict.facts[1].value == "beats brightness (divided by sd: 0.500 [0.470, 0.530]); "
        + "does not beat brightness (published: 0.300 [0.270, 0.330])")
    // The normative map is not a network.
    #expect(
      verdict.paragraph.contains("Of 2 networks, each by the better of its chains, 1 beat it, 0 come out"))
  }

  @Test func thatNoNetworkBeatsBrightnessIsSaid() throws {
    let results = try Fixture.results([
      Fixture.run("brightness", 0.4), Fixture.run("dense-ae", 0.3, scaled: 0.35),
      Fixture.run("f-anogan", 0.1),
    ])
    #expect(
      ExperimentVerdict(results).paragraph.hasSuffix(
        "None of the 2 networks compared beats it, under any of its chains."))
  }

  @Test func theStrongerBrightnessIsTheBaseline() throws {
    let results = try Fixture.results([
      Fixture.run("brightness", 0.4), Fixture.run("equalized-brightness", 0.5),
      Fixture.run("dense-ae", 0.45),
    ])
    let verdict = ExperimentVerdict(results)
    #expect(
      verdict.paragraph.hasPrefix("Equalised brightness, which learns nothing, reaches an AUPRC of 0.500"))
    #expect(verdict.facts.last?.value.hasPrefix("does not beat equalised brightness") == true)
  }

  @Test func withoutBrightnessNothingIsClaimed() throws {
    let verdict = ExperimentVerdict(try Fixture.results([Fixture.run("dense-ae", 0.45)]))
    #expect(verdict.paragraph.hasPrefix("This experiment has no baseline that learns nothing"))
    #expect(verdict.facts.isEmpty)
  }

  @Test func aLimitedSearchIsNotComparedInSilence() throws {
    let results = try Fixture.results([
      Fixture.run("brightness", 0.4), Fixture.run("anogan", 0.5, scans: 20),
    ])
    #expect(
      ExperimentVerdict(results).facts[0].value.contains("scored on 20 of 592 scans, not on those that"))
    let whole = try Fixture.results([Fixture.run("brightness", 0.4), Fixture.run("anogan", 0.5)])
    #expect(!ExperimentVerdict(whole).facts[0].value.contains("scored on"))
  }
}
