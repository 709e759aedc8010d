/// A counting semaphore that suspends tasks, in their order, instead of blocking threads.
actor AsyncSemaphore {
  private var permits: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ permits: Int) { self.permits = permits }

  func wait() async {
    if permits > 0 {
      permits -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  func signal() {
    if waiting.isEmpty { permits += 1 } else { waiting.removeFirst().resume() }
  }
}
