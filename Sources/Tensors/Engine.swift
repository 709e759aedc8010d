internal import CTorch

/// Process-wide settings of libtorch.
public enum Engine {
  /// The version of the libtorch that is loaded, such as 2.11.0.
  public static var version: String {
    [56, 48, 40].map { "\(ct_version() >> $0 & 0xFF)" }.joined(separator: ".")
  }

  /// The maximum number of CPU threads of one operator.
  public static var threads: Int { Int(ct_threads()) }

  /// Sets ``threads``.
  ///
  /// - Throws: ``TensorError`` for a number below 1.
  public static func setThreads(_ count: Int) throws(TensorError) {
    try check(ct_set_threads(Int32(clamping: count)), "setThreads")
  }

  /// Keeps freed memory in the process instead of returning it to the kernel after every step.
  ///
  /// With glibc this more than doubles the training speed; elsewhere it has no effect. It must be the first
  /// call of the program, because running threads keep their own arenas.
  public static func configureAllocator() { ct_configure_allocator() }

  /// Returns freed memory to the kernel (glibc only), for long runs whose small results fragment the heap.
  public static func releaseFreeMemory() { ct_release_free_memory() }

  /// Loads CUDA. It must be called before the first tensor is made, because libtorch counts its devices only
  /// once.
  ///
  /// - Throws: ``TensorError`` if this machine has none.
  public static func loadCUDA() throws(TensorError) { try cuda.get() }

  private static let cuda = Result { () throws(TensorError) in
    try check(ct_load_library("libtorch_cuda.so"), "loadCUDA")
  }
}
