// Name: Made where it is dropped
// Says: your warning looks for who made the Coro when it is dropped: that tells who drops it
// Caught-by: Step2_NeverAwaited.TellsWhoMadeIt

//: 16.2
inline void warn_of_dropped(std::coroutine_handle<> never_begun) noexcept {
  EventLoop* const loop = debugged_loop();
  if (loop == nullptr || std::uncaught_exceptions() > 0) return;
  try {
    const std::string here = Callers::now().outside();
    LoopEntry::of(*loop).warn("loopwright: never awaited: " + name_of(never_begun) + ", made in " +
                              here + "; the Coro was dropped in " + here);
  } catch (const std::exception&) {
  }
}
