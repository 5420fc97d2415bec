// Name: Passing the cancel through the shield
// Says: your shield passes the cancel on to the inner task, which it should protect
// Caught-by: Step4_Shield.KeepsACancelFromTheInnerTask,
//   Step4_Shield.ProtectsAGatherAndAGatherOfShields

//: 9.4
template <class A, class Handle>
bool ShieldState<A, Handle>::cancel() {
  return inner_.cancel();
}
