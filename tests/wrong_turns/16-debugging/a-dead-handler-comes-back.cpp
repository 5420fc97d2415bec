// Name: A dead handler comes back
// Says: your signals go back to the handler of a run() that is over
// Caught-by: Step4_Signals.AHandlerThatOutlivesRunGivesBackTheDefault

//: 16.4
inline void give_back(int number) noexcept {
  SignalSlot& slot = signal_slots[static_cast<std::size_t>(number)];
  ::sigaction(number, &slot.before, nullptr);
  slot.wakeup = nullptr;
  slot.arrived = 0;
}
