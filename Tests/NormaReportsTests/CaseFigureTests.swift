import _TestSupport
import Foundation
import Testing
import Volumes

import Base
@testable import Cohort
@testable import Norma
@testable import NormaReports

@Suite struct CaseFigureTests {
  typealias Fixture = ExperimentFixture

  /// A folder with maps and a manifest of noisy scans, slices of `size` pixels.
  private func withExhibits<R>(
    cases: Int, size: Int, slices: Int = 1,
    _ body: (Manifest, ExperimentFolder, [RunResult.CaseFigure]) throws -> R
  ) throws -> R {
    let home = try TemporaryFolder(), folder = home.url
    defer { withExtendedLifetime(home) {} }
    let geometry = Geometry(
      shape: [size, size, slices],
      affine: Affine(i: [-1, 0, 0], j: [0, 1, 0], k: [0, 0, 3], origin: [Double(size), 0, -10]))
    var generator = SeededGenerator(seed: 1)
    let figures = try (0..<cases).map { index in
      let noise = (0..<geometry.voxelCount).map { _ in Float.random(in: 1...100, using: &generator) }
      let lesion = geometry.voxelCount / slices * (slices - 1)
      let mask = (0..<geometry.voxelCount).map { UInt8($0 >= lesion && $0 % size > size / 2 ? 1 : 0) }
      try NIfTI.write(
        Volume(geometry: geometry, voxels: noise), to: folder.appendingPathComponent("s\(index).nii.gz"))
      try NIfTI.write(
        Volume(geometry: geometry, voxels: noise), to: folder.appendingPathComponent("m\(index).nii.gz"))
      try NIfTI.write(
        Mask(geometry: geometry, voxels: mask), to: folder.appendingPathComponent("l\(index).nii.gz"))
      return RunResult.CaseFigure(
        rank: ["best", "median", "worst"][index % 3], caseID: "sub-\(index)", dice: 0.5, threshold: 50,
        map: "m\(index).nii.gz")
    }
    let manifest = Manifest(
      cases: (0..<cases).map {
        ScanCase(
          participantID: "sub-\($0)", image: folder.appendingPathComponent("s\($0).nii.gz"),
          lesionMask: folder.appendingPathComponent("l\($0).nii.gz"))
      }, source: folder)
    return try body(manifest, ExperimentFolder(folder), figures)
  }

  @Test func aMontageShowsScanMapAndBothOutlinesAtTheLesion() throws {
    try withExhibits(cases: 1, size: 20, slices: 3) { manifest, folder, figures in
      let run = Fixture.run("dense-vae", 0.4, figures: figures)
      let pictures = CaseFigurePictures(manifest: manifest, folder: folder).pictures(of: run)
      guard case .montage(let montage) = try #require(pictures.first) else {
        Issue.record("no montage")
        return
      }
      // The lesion is in the last slice only, at -10 + 2 x 3 mm.
      #expect(montage.caption == "Best case of dense VAE, sub-0, Dice 0.500, z = -4 mm")
      #expect(montage.panels.map(\.caption).prefix(2) == ["scan", "anomaly map"])
      #expect(
        montage.panels[2].caption.contains("yellow: predicted") && montage.panels[2].caption.contains("blue"))
    }
  }

  @Test func aMissingFileCostsItsOwnPictureOnly() throws {
    try withExhibits(cases: 3, size: 20) { manifest, folder, figures in
      try FileManager.default.removeItem(at: manifest.cases[1].image)
      let run = Fixture.run("dense-vae", 0.4, figures: figures)
      let pictures = CaseFigurePictures(manifest: manifest, folder: folder).pictures(of: run)
      let html = Fixture.html(try Fixture.results([run]), pictures: [("dense-vae", pictures)])
      #expect(html.components(separatedBy: "class=\"montage\"").count == 3)
      #expect(
        html.contains("Median case of dense VAE (sub-1) is not shown: There is no such file. (s1.nii.gz)"))
      #expect(!html.contains(folder.url.path))
    }
  }

  @Test func theSmallRegionsThatWereDroppedAreNotShown() {
    var map = Volume(
      geometry: Geometry(
        shape: [9, 9, 1],
        affine: Affine(i: [1, 0, 0], j: [0, 1, 0], k: [0, 0, 1], origin: [0, 0, 0])), repeating: 0)
    for x in 0..<4 { map[x, 0, 0] = 5 }
    map[8, 8, 0] = 9
    let figure = RunResult.CaseFigure(rank: "best", caseID: "a", dice: 1, threshold: 4, map: "")
    #expect(figure.predicted(map, minimumSize: 0).count == 5)
    #expect(figure.predicted(map, minimumSize: 4).count == 4)
  }

  @Test func tenMethodsWithNoisyScansStayBelowTenMegabytes() throws {
    try withExhibits(cases: 3, size: 300) { manifest, folder, figures in
      let runs = ExperimentPlan.baur2018.map { method in
        Fixture.run(
          method, 0.3, scaled: ExperimentPlan.isStochastic(method) ? 0.35 : nil, figures: figures)
      }
      let pictures = CaseFigurePictures(manifest: manifest, folder: folder)
      let html = Fixture.html(
        try Fixture.results(runs), pictures: runs.map { ($0.method, pictures.pictures(of: $0)) })
      #expect(html.components(separatedBy: "<img ").count - 1 == 90)
      #expect(html.utf8.count < 10_000_000)
    }
  }
}
