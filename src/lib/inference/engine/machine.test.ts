import { availableParallelism } from "node:os";
import { expect, it } from "vitest";
import { availableCores, cpuQuota } from "./machine.js";

const reading = (files: Record<string, string>) => (path: string) => files[path];

it("a container's quota is found at the root of its own cgroup", () => {
  const read = reading({ "/proc/self/cgroup": "0::/", "/sys/fs/cgroup/cpu.max": "150000 100000" });
  expect(cpuQuota(read)).toBe(1.5);
});

it("the least quota of a group and those above it holds", () => {
  const read = reading({
    "/proc/self/cgroup": "0::/kubepods.slice/pod1/app",
    "/sys/fs/cgroup/cpu.max": "max 100000",
    "/sys/fs/cgroup/kubepods.slice/cpu.max": "800000 100000",
    "/sys/fs/cgroup/kubepods.slice/pod1/cpu.max": "50000 100000",
    "/sys/fs/cgroup/kubepods.slice/pod1/app/cpu.max": "max 100000",
  });
  expect(cpuQuota(read)).toBe(0.5);
  expect(availableCores(read)).toBe(1);
});

it("version 1 of cgroups says its quota in two files, wherever the controller is mounted", () => {
  const group = "9:memory:/a\n4:cpu,cpuacct:/docker/x\n0::/";
  for (const mount of ["cpu", "cpu,cpuacct"]) {
    const file = (name: string) => `/sys/fs/cgroup/${mount}/docker/x/cpu.cfs_${name}_us`;
    expect(cpuQuota(reading({ "/proc/self/cgroup": group, [file("quota")]: "250000", [file("period")]: "100000" }))).toBe(2.5);
    expect(cpuQuota(reading({ "/proc/self/cgroup": group, [file("quota")]: "-1", [file("period")]: "100000" }))).toBeUndefined();
  }
});

it("without a limit, or where the system has no cgroups, all cores of the affinity mask are there", () => {
  expect(cpuQuota(reading({}))).toBeUndefined();
  expect(availableCores(reading({}))).toBe(availableParallelism());
  expect(cpuQuota(reading({ "/proc/self/cgroup": "garbage\n\n::", "/sys/fs/cgroup/cpu.max": "nonsense" }))).toBeUndefined();
});
