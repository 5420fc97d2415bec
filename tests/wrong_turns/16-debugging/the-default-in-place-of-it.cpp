// Name: The default in place of it
// Says: your signals go back to the default, and not to what handled them before
// Caught-by: Step4_Signals.RemovingRestoresWhatWasBefore,
//   Step4_Signals.ForCtrlCTheHandlerStandsInForRun

//: 16.4
inline void give_back(int number) noexcept {
  SignalSlot& slot = signal_slots[static_cast<std::size_t>(number)];
  ::signal(number, SIG_DFL);
  slot.wakeup = nullptr;
  slot.arrived = 0;
}
