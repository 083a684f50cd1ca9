import { cpus, freemem, totalmem } from "node:os";
import type { Systeminformation } from "systeminformation";

/** A reading under MLflow's names for system metrics; megabytes are 1e6 bytes. */
export type SystemReading = Record<string, number>;

const MB = 1e6;

/** Reads the machine's load; what it lacks (a GPU, say) is left out. */
export class SystemProbe {
  private cpu = readCpu();
  private network: { receivedBytes: number; sentBytes: number } | undefined;

  /** The readings since the last call; network traffic counts from the first. */
  async read(): Promise<SystemReading> {
    const { default: system } = await import("systeminformation");
    const [disks, network, graphics] = await Promise.all([system.fsSize(), system.networkStats("*"), system.graphics()]);
    return {
      ...this.readProcessor(),
      ...readMemory(),
      ...readDisk(disks),
      ...this.readNetwork(network),
      ...readGpus(graphics.controllers),
    };
  }

  private readProcessor(): SystemReading {
    const now = readCpu();
    const total = now.total - this.cpu.total;
    const idle = now.idle - this.cpu.idle;
    this.cpu = now;
    return total > 0 ? { "system/cpu_utilization_percentage": ((total - idle) / total) * 100 } : {};
  }

  private readNetwork(interfaces: readonly Systeminformation.NetworkStatsData[]): SystemReading {
    const receivedBytes = sum(interfaces.map(({ rx_bytes: bytes }) => bytes));
    const sentBytes = sum(interfaces.map(({ tx_bytes: bytes }) => bytes));
    this.network ??= { receivedBytes, sentBytes };
    return {
      "system/network_receive_megabytes": (receivedBytes - this.network.receivedBytes) / MB,
      "system/network_transmit_megabytes": (sentBytes - this.network.sentBytes) / MB,
    };
  }
}

function readCpu(): { total: number; idle: number } {
  const times = cpus().map((cpu) => cpu.times);
  return {
    total: sum(times.map(({ user, nice, sys, idle, irq }) => user + nice + sys + idle + irq)),
    idle: sum(times.map(({ idle }) => idle)),
  };
}

function readMemory(): SystemReading {
  const used = totalmem() - freemem();
  return { "system/system_memory_usage_megabytes": used / MB, "system/system_memory_usage_percentage": (used / totalmem()) * 100 };
}

/** Of the disk the working directory is on, as near as mount points tell. */
function readDisk(disks: readonly Systeminformation.FsSizeData[]): SystemReading {
  const here = process.cwd();
  const disk = disks.filter(({ mount }) => here.startsWith(mount)).sort((a, b) => b.mount.length - a.mount.length)[0];
  if (!disk) return {};
  return {
    "system/disk_usage_percentage": disk.use,
    "system/disk_usage_megabytes": disk.used / MB,
    "system/disk_available_megabytes": disk.available / MB,
  };
}

/** Of NVIDIA cards, whose driver tells; memory comes in MiB. */
function readGpus(controllers: readonly Systeminformation.GraphicsControllerData[]): SystemReading {
  const gpus = controllers.filter((card) => card.memoryTotal !== undefined || card.utilizationGpu !== undefined);
  return Object.assign({}, ...gpus.map(readGpu)) as SystemReading;
}

function readGpu(card: Systeminformation.GraphicsControllerData, index: number): SystemReading {
  const { memoryUsed, memoryTotal, utilizationGpu, powerDraw, powerLimit } = card;
  const name = (what: string) => `system/gpu_${index}_${what}`;
  return {
    ...(memoryUsed === undefined ? {} : { [name("memory_usage_megabytes")]: (memoryUsed * 1024 * 1024) / MB }),
    ...(memoryUsed === undefined || !memoryTotal ? {} : { [name("memory_usage_percentage")]: (memoryUsed / memoryTotal) * 100 }),
    ...(utilizationGpu === undefined ? {} : { [name("utilization_percentage")]: utilizationGpu }),
    ...(powerDraw === undefined ? {} : { [name("power_usage_watts")]: powerDraw }),
    ...(powerDraw === undefined || !powerLimit ? {} : { [name("power_usage_percentage")]: (powerDraw / powerLimit) * 100 }),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
