// Name: Warns while an exception passes
// Says: your warning comes for Coros that were to be awaited after a call that has failed
// Caught-by: Step2_NeverAwaited.IsSilentWhileAnExceptionPasses

//: 16.2
inline void warn_of_dropped(std::coroutine_handle<> never_begun) noexcept {
  EventLoop* const loop = debugged_loop();
  if (loop == nullptr) return;
  try {
    const std::string name = name_of(never_begun);
    const std::string maker = CoroOrigins::all().of(never_begun.address(), name);
    LoopEntry::of(*loop).warn("loopwright: never awaited: " + name +
                              (maker.empty() ? "" : ", made in " + maker) +
                              "; the Coro was dropped in " + Callers::now().outside());
  } catch (const std::exception&) {
  }
}
