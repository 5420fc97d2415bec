// Name: The wrong culprit
// Says: the fault that you name is not the one that this program had
// Caught-by: Fix16b_Watch.TheFaultIsNamed

//: fix-16b
Finding found() { return {Fault::busy_loop, "tick"}; }
