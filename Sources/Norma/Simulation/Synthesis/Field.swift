/// Intensities or fractions of some slices, contiguous slice by slice, in memory that is not checked in loops.
final class Field {
  let slices: Int
  let values: UnsafeMutablePointer<Float>

  /// Creates slices of zeros.
  init(slices: Int) {
    self.slices = slices
    values = .allocate(capacity: slices * SyntheticSlice.area)
    values.initialize(repeating: 0, count: slices * SyntheticSlice.area)
  }

  deinit { values.deallocate() }

  /// The pixels of a slice.
  subscript(slice: Int) -> UnsafeMutablePointer<Float> { values + slice * SyntheticSlice.area }

  /// The values of all slices.
  var array: [Float] { Array(UnsafeBufferPointer(start: values, count: slices * SyntheticSlice.area)) }
}
