import _TestSupport
import Foundation
import Tensors
import Testing
import Volumes

@testable import Base
@testable import Methods
@testable import Cohort
@testable import Norma

@Suite struct SliceStoreTests {
  /// The files of a folder with the time each was written.
  private func files(_ folder: URL) throws -> [String: Date] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try Dictionary(
      uniqueKeysWithValues: names.map { name in
        let attributes = try FileManager.default.attributesOfItem(
          atPath: folder.appendingPathComponent(name).path)
        return (name, try #require(attributes[.modificationDate] as? Date))
      })
  }

  @Test func whatIsStoredIsNotPreparedAgain() throws {
    try withTemporaryFolder { folder in
      let cohort = try TestCohort(in: folder, train: 2, validation: 0)
      let place = folder.appendingPathComponent("prepared")
      let store = SliceStore(folder: place, recipe: TestScan.recipe)
      let first = try store.contents(of: cohort.manifest.cases)
      let written = try files(place)
      #expect(written.count == 4 && first.count == 8)

      let second = try store.contents(of: cohort.manifest.cases)
      #expect(try files(place) == written)
      #expect(second.digest == first.digest && second.slices == first.slices)
      #expect(
        try second.batch(second.slices).images.values()
          == first.batch(first.slices).images.values())

      // Another recipe, then another image, each adds its own files.
      var recipe = TestScan.recipe
      recipe.normalization = .percentile
      #expect(
        try SliceStore(folder: place, recipe: recipe).contents(of: cohort.manifest.cases).digest
          != first.digest)
      #expect(try files(place).count == 8)
      try NIfTI.write(TestScan.make(99).image, to: cohort.manifest.cases[0].image)
      #expect(try store.contents(of: cohort.manifest.cases).digest != first.digest)
      #expect(try files(place).count == 10)
    }
  }

  @Test func aHalfWrittenScanIsPreparedAgain() throws {
    try withTemporaryFolder { folder in
      let cohort = try TestCohort(in: folder, train: 1, validation: 0)
      let place = folder.appendingPathComponent("prepared")
      let store = SliceStore(folder: place, recipe: TestScan.recipe)
      _ = try store.contents(of: cohort.manifest.cases)
      for name in try files(place).keys where name.hasSuffix(".json") {
        try FileManager.default.removeItem(at: place.appendingPathComponent(name))
      }
      #expect(try store.contents(of: cohort.manifest.cases).count == 4)
    }
  }

  @Test func slicesWithALesionAreLeftOut() throws {
    try withTemporaryFolder { folder in
      let cohort = try TestCohort(in: folder, train: 1, validation: 0, test: 1)
      var scan = TestScan.make(8, blob: TestScan.Blob(radius: 7))
      let levels = (0..<4).filter { z in (0..<26 * 32).contains { scan.lesion.voxels[z * 832 + $0] == 1 } }
      #expect(levels == [1, 2, 3])
      // Stored upside down: the mask has to follow the image.
      let flip = Orientation(permutation: [0, 1, 2], isFlipped: [false, false, true])
      for z in [1, 3] { for i in 0..<832 { scan = scan.withoutLesion(at: z * 832 + i) } }
      let patient = cohort.manifest.cases[1]
      try NIfTI.write(flip.apply(scan.image), to: patient.image)
      try NIfTI.write(flip.apply(scan.lesion), to: try #require(patient.lesionMask))
      let store = SliceStore(folder: folder.appendingPathComponent("prepared"), recipe: TestScan.recipe)
      let contents = try store.contents(of: cohort.manifest.cases)
      #expect(contents.slices.filter { $0.scan == 0 }.map(\.index) == [0, 1, 2, 3])
      #expect(contents.slices.filter { $0.scan == 1 }.map(\.index) == [0, 1, 3])
    }
  }

  @Test func withoutItsLesionsASliceCounts() throws {
    try withTemporaryFolder { folder in
      let cohort = try TestCohort(in: folder, train: 1, validation: 0, test: 1)
      let store = SliceStore(
        folder: folder.appendingPathComponent("prepared"), recipe: TestScan.recipe, exclusion: .voxels)
      let contents = try store.contents(of: [cohort.manifest.cases[1]])
      #expect(contents.slices.count == 4)
      let scan = TestScan.make(1, blob: TestScan.Blob())
      let prepared = try ModelGrid(recipe: TestScan.recipe).place(scan.image, name: "scan")
      let lesion = try prepared.placement.toGrid(scan.lesion.voxels.map(Float.init))
      let batch = try contents.batch(contents.slices, mirrored: [false, false, false, false])
      let left = try batch.brain.values()
      #expect(zip(left, lesion).allSatisfy { $1 == 0 || $0 == 0 })
      // What is lost besides the lesion is beside it.
      let lost = zip(left, prepared.brain).count { $0 < $1 }, ill = lesion.count { $0 > 0 }
      #expect(lost >= ill && lost < 3 * ill, "\(lost), \(ill)")
      #expect(batch.z == [10, 15, 20, 25])
    }
  }

  @Test func withNothingLeftOutTheMasksGoAlong() throws {
    try withTemporaryFolder { folder in
      let cohort = try TestCohort(in: folder, train: 1, validation: 0, test: 1)
      let place = folder.appendingPathComponent("prepared")
      let store = SliceStore(folder: place, recipe: TestScan.recipe, exclusion: .none)
      let contents = try store.contents(of: cohort.manifest.cases)
      #expect(contents.slices.map(\.showsLesion) == [false, false, false, false, true, true, true, true])
      let scan = TestScan.make(1, blob: TestScan.Blob())
      let prepared = try ModelGrid(recipe: TestScan.recipe).place(scan.image, name: "scan")
      let batch = try contents.batch(contents.slices)
      let lesions = try #require(batch.lesions)
      #expect(try lesions.narrow(0, start: 0, length: 4).sum().item() == 0)
      #expect(
        try lesions.narrow(0, start: 4, length: 4).values()
          == prepared.placement.toGrid(scan.lesion.voxels.map(Float.init)))
      #expect(try batch.images.narrow(0, start: 4, length: 4).values() == prepared.images)
      // Methods that see no lesion have files of their own, without masks.
      let unlabelled = try SliceStore(folder: place, recipe: TestScan.recipe)
        .contents(of: cohort.manifest.cases)
      #expect(unlabelled.count == 4 && unlabelled.digest != contents.digest)
      #expect(try unlabelled.batch(unlabelled.slices, mirrored: [false, false, false, false]).lesions == nil)
      #expect(try files(place).count == 8)
    }
  }

  @Test func aMirroredSliceIsTheImageFromRightToLeft() throws {
    try withTemporaryFolder { folder in
      let cohort = try TestCohort(in: folder, train: 0, validation: 0, test: 1)
      let store = SliceStore(
        folder: folder.appendingPathComponent("prepared"), recipe: TestScan.recipe, exclusion: .none)
      let contents = try store.contents(of: cohort.manifest.cases)
      let slice = contents.slices[2]
      let batch = try contents.batch([slice, slice], mirrored: [false, true])
      for tensor in [batch.images, batch.brain, try #require(batch.lesions)] {
        #expect(tensor.shape == [2, 1, 32, 32])
        let plain = try tensor.select(0, 0)
        #expect(try tensor.select(0, 1).values() == plain.flip([2]).values())
      }
      for tensor in [batch.images, try #require(batch.lesions)] {
        #expect(try tensor.select(0, 0).values() != tensor.select(0, 1).values())
      }
    }
  }

  @Test func aLesionMaskOfAnotherShapeIsRefused() throws {
    try withTemporaryFolder { folder in
      let cohort = try TestCohort(in: folder, train: 0, validation: 0, test: 1)
      let mask = try #require(cohort.manifest.cases[0].lesionMask)
      try NIfTI.write(Mask(geometry: Geometry(shape: [4, 4, 4], affine: .identity), repeating: 1), to: mask)
      let store = SliceStore(folder: folder.appendingPathComponent("prepared"), recipe: TestScan.recipe)
      let problem = try problem { try store.contents(of: cohort.manifest.cases) }
      #expect(problem.kind == .badData && problem.location == mask.path)
    }
  }
}

extension TestScan.Scan {
  fileprivate func withoutLesion(at index: Int) -> TestScan.Scan {
    var lesion = lesion
    lesion.voxels[index] = 0
    return TestScan.Scan(image: image, brain: brain, lesion: lesion)
  }
}
