// Name: Nobody wakes the loop
// Says: your handler of the system counts the signal, and the loop does not hear of it
// Caught-by: Step4_Signals.WakeALoopThatSleeps, Step4_Signals.RunOnTheLoopAsCallbacks

//: 16.4
inline void on_signal(int number) noexcept {
  ++signal_slots[static_cast<std::size_t>(number)].arrived;
}
