// Name: Warns without debug mode
// Says: your warning comes although debug mode is off
// Caught-by: Step2_NeverAwaited.IsSilentWithoutDebugMode

//: 16.2
inline void warn_of_dropped(std::coroutine_handle<> never_begun) noexcept {
  EventLoop* const loop = loop_of_this_thread;
  if (loop == nullptr || std::uncaught_exceptions() > 0) return;
  try {
    const std::string name = name_of(never_begun);
    const std::string maker = CoroOrigins::all().of(never_begun.address(), name);
    LoopEntry::of(*loop).warn("loopwright: never awaited: " + name +
                              (maker.empty() ? "" : ", made in " + maker) +
                              "; the Coro was dropped in " + Callers::now().outside());
  } catch (const std::exception&) {
  }
}
